import type { Invocation } from "../cli/command.ts";
import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { askFileSystem } from "../system/ask_file_system.ts";
import { fileSystemSize } from "../system/file_system_size.ts";
import { folderFacts } from "../system/folder_facts.ts";
import type { Host } from "../ports/host.ts";
import type { Content } from "../text/strict_text.ts";
import { LESSON_WORDS } from "../system/probe_child.ts";
import { childNames } from "../system/read_tree.ts";
import { TreeWalk } from "../system/walk_tree.ts";

/** Folders below each other: none has more. */
const DEPTH = 64;

/** Whoever waits for it waits half a second at most. */
const SEARCH = { entries: 200_000, time: 500 };

/** For those who ask by a number later on; what lies beyond, for the masters' sake, is not learned. */
const WALK = { entries: 20_000, time: 5_000 };

/**
 * Hidden: asks mounts questions that may never be answered. `ask-mount size PATH…` prints one line
 * for each path, `SIZE FREE AVAILABLE` in bytes or `-`; `ask-mount glob DIR SUBPATH` exits 0 when
 * some `DIR/*` has the path below it; `ask-mount walk PATH` reads the upper folders of a mount, so
 * that a daemon which took it over knows them; `ask-mount teach PATH FILE`
 * waits for the mount's first answer, looks for the files whose numbers are the lines of a file, prints
 * each that it has met, and walks; `ask-mount folder PATH` prints as JSON what can be told
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
    new TreeWalk(folder, DEPTH).go(WALK);
    return ExitCode.Done;
  }
  if (question === "teach" && folder !== undefined && below !== undefined) {
    return teach(folder, below, host);
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
      "ask-mount walk PATH | ask-mount teach PATH FILE | ask-mount folder PATH",
    ExitCode.Usage,
  );
}

/** The mount may not answer for as long as it takes another daemon to come. */
function teach(folder: string, file: string, { stdout, readText }: Host): number {
  const tell = (word: string): void => stdout(`${word}\n`);
  tell(LESSON_WORDS.ready);
  if (askFileSystem(folder) !== "answers") return ExitCode.No;
  tell(LESSON_WORDS.answered);
  const walk = new TreeWalk(folder, DEPTH);
  walk.go(SEARCH, { nodes: nodesIn(readText(file)), met: (node) => tell(`${node}`) });
  tell(LESSON_WORDS.over);
  // At once: whoever has not asked yet may ask now.
  walk.go(WALK);
  return ExitCode.Done;
}

/** Where there is no file, nobody asks for anything but the root. */
function nodesIn(text: Content | undefined): bigint[] {
  return typeof text === "string" ? (text.match(/\d+/g) ?? []).map(BigInt) : [];
}
