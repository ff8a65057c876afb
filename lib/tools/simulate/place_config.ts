import { readNamedFile } from "../../ports/read_named_file.ts";
import { loadJson } from "../../plan/fluid/load_json.ts";
import { configSubject } from "../../plan/generate/generate_plan.ts";
import { isWithin, tidyPath } from "../../mount/mount_path.ts";
import { below, simulatedConfig, type SimulationPaths } from "./relocate.ts";
import type { Host } from "../../ports/host.ts";

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

/** An env file's text. @throws {CommandError} where it cannot be read (66) */
export function textOf(file: string, host: Host): string {
  return new TextDecoder().decode(readNamedFile(file, "read the env file", host));
}
