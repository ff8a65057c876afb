import type { Invocation } from "../cli/command.ts";
import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { fileSystemSize } from "../system/file_system_size.ts";
import { folderFacts } from "../system/folder_facts.ts";
import type { Host } from "../ports/host.ts";
import { childNames } from "../system/read_tree.ts";
import { walkTree } from "../system/walk_tree.ts";

/** What most applications have open lies not deep; the rest is learned when somebody looks. */
const WALK = { depth: 3, entries: 20_000, time: 5_000 };

/**
 * Hidden: asks mounts questions that may never be answered. `ask-mount size PATH…` prints one line
 * for each path, `SIZE FREE AVAILABLE` in bytes or `-`; `ask-mount glob DIR SUBPATH` exits 0 when
 * some `DIR/*` has the path below it; `ask-mount walk PATH` reads the upper folders of a mount, so
 * that a daemon which took it over knows them; `ask-mount folder PATH` prints as JSON what can be told
 * of a folder without changing it. It is run as a child that one can afford to lose.
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
  if (question === "folder" && folder !== undefined) {
    host.stdout(`${JSON.stringify(folderFacts(folder))}\n`);
    return ExitCode.Done;
  }
  if (question === "walk" && folder !== undefined) {
    walkTree(folder, WALK);
    return ExitCode.Done;
  }
  if (question === "glob" && folder !== undefined && below !== undefined) {
    const found = childNames(folder).some((name) =>
      !name.startsWith(".") && host.kindOf(`${folder}/${name}/${below}`) !== "absent"
    );
    return found ? ExitCode.Done : ExitCode.No;
  }
  throw new CommandError(
    `Cannot ask "${
      operands.join(" ")
    }"; usage: ask-mount size PATH… | ask-mount glob DIR SUBPATH | ` +
      "ask-mount walk PATH | ask-mount folder PATH",
    ExitCode.Usage,
  );
}
