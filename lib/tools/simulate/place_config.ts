import { readNamedFile } from "../../ports/read_named_file.ts";
import { loadJson } from "../../plan/fluid/load_json.ts";
import { configSubject } from "../../plan/generate/generate_plan.ts";
import { isWithin, tidyPath } from "../../mount/mount_path.ts";
import { below, simulatedConfig, type SimulationPaths } from "./relocate.ts";
import { CommandError } from "../../ports/command_error.ts";
import { ExitCode } from "../../ports/exit_code.ts";
import type { Host } from "../../ports/host.ts";
import { strictText } from "../../text/strict_text.ts";
import { lostLines } from "./dotenv.ts";

/** Where Fluid's files lie in a container: never this machine's own. */
const FLUID_FOLDER = "/etc/fluid";

/**
 * Copies the runtime config that the environment names to where the simulated container has it. A
 * relative path is meant from the env file that names it; one below `/etc/fluid` is the container's,
 * and lies below the root already or not at all.
 *
 * @returns its path below the root; `undefined` where there is no such file
 */
export function placeConfig(
  env: Readonly<Record<string, string>>,
  files: readonly string[],
  paths: SimulationPaths,
  host: Host,
): string | undefined {
  const named = env["FLUID_RUNTIME_CONFIG_PATH"];
  if (!named) return undefined;
  const own = below(paths.root, named);
  if (isWithin(tidyPath(named), FLUID_FOLDER)) return host.kindOf(own) === "file" ? own : undefined;
  // The last file is the strongest.
  const folders = files.toReversed().map((file) => file.slice(0, file.lastIndexOf("/") + 1));
  const candidates = named.startsWith("/") ? [named] : folders.map((folder) => folder + named);
  const path = candidates.find((candidate) => host.kindOf(candidate) === "file");
  if (path === undefined) return undefined;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const { value } = loadJson(host.readFile(path) ?? new Uint8Array(), configSubject(path));
  const text = JSON.stringify(simulatedConfig(value, paths.root));
  const placed = `${paths.config}/${name}`;
  host.writeFile(placed, text, 0o644);
  return placed;
}

/**
 * An env file's text.
 *
 * @throws {CommandError} where it cannot be read (66), is no text, or has lines that set nothing (78)
 */
export function envFileText(file: string, host: Host): string {
  const bytes = readNamedFile(file, "read the env file", host);
  const cannot = (why: string): CommandError =>
    new CommandError(
      `Cannot use the env file ${JSON.stringify(file)}: ${why}`,
      ExitCode.Config,
    );
  let text: string;
  try {
    text = strictText(bytes);
  } catch {
    throw cannot("it is no UTF-8 text; wanted is a line NAME=VALUE for each variable");
  }
  const lost = lostLines(text);
  if (lost.length === 0) return text;
  // Not what they say: it may be the rest of a secret that has no quotes.
  const lines = `${lost.slice(0, MOST_SHOWN).join(", ")}${lost.length > MOST_SHOWN ? " …" : ""}`;
  throw cannot(
    `line ${lines} is neither NAME=VALUE nor a # comment; a value of several lines wants quotes`,
  );
}

/** So many lines are named. */
const MOST_SHOWN = 10;
