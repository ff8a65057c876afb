import type { Invocation } from "../cli/command.ts";
import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { fileSystemSize } from "../system/file_system_size.ts";
import type { Host } from "../ports/host.ts";
import { childNames } from "../system/read_tree.ts";

/**
 * Hidden: asks mounts questions that may never be answered. `ask-mount size PATH…` prints one line
 * for each path, `SIZE FREE AVAILABLE` in bytes or `-`; `ask-mount glob DIR SUBPATH` exits 0 when
 * some `DIR/*` has the path below it. The applets run it as a child that they can afford to lose.
 */
export function command({ operands }: Invocation, host: Host): number {
  const [question, ...paths] = operands;
  if (question === "size") {
    for (const path of paths) {
      const size = fileSystemSize(path);
      host.stdout(size === undefined ? "-\n" : `${size.size} ${size.free} ${size.available}\n`);
    }
    return ExitCode.Done;
  }
  const [folder, below] = paths;
  if (question === "glob" && folder !== undefined && below !== undefined) {
    const found = childNames(folder).some((name) =>
      !name.startsWith(".") && host.kindOf(`${folder}/${name}/${below}`) !== "absent"
    );
    return found ? ExitCode.Done : ExitCode.No;
  }
  throw new CommandError(
    `Cannot ask "${operands.join(" ")}"; usage: ask-mount size PATH… | ask-mount glob DIR SUBPATH`,
    ExitCode.Usage,
  );
}
