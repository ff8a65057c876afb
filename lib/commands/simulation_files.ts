import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { loadJson } from "../plan/fluid/load_json.ts";
import { SECRETS_FOLDER } from "../plan/fluid/redact.ts";
import { configSubject } from "../plan/generate/generate_plan.ts";
import { simulatedConfig, type SimulationPaths } from "../tools/simulate/relocate.ts";
import type { Host } from "../ports/host.ts";

/** Copies the runtime config that the environment names. @returns its name below the root */
export function placeConfig(
  env: Readonly<Record<string, string>>,
  files: readonly string[],
  paths: SimulationPaths,
  host: Host,
): string | undefined {
  const named = env["FLUID_RUNTIME_CONFIG_PATH"];
  if (!named) return undefined;
  // A relative path is meant from the file that names it; the last one is the strongest.
  const folders = files.toReversed().map((file) => file.slice(0, file.lastIndexOf("/") + 1));
  const candidates = named.startsWith("/") ? [named] : folders.map((folder) => folder + named);
  const path = candidates.find((candidate) => host.kindOf(candidate) === "file");
  if (path === undefined) return undefined;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const { value } = loadJson(host.readFile(path) ?? new Uint8Array(), configSubject(path));
  const text = JSON.stringify(simulatedConfig(value, paths.root));
  host.writeFile(`${paths.config}/${name}`, text, 0o644);
  return name;
}

/** An env file's text. @throws {CommandError} where there is none (66) */
export function textOf(file: string, host: Host): string {
  const bytes = host.readFile(file);
  if (bytes === undefined) {
    throw new CommandError(
      `Cannot read the env file ${JSON.stringify(file)}: there is no such file`,
      ExitCode.NoInput,
    );
  }
  return new TextDecoder().decode(bytes);
}

/** The host as the simulated start sees it: no other environment, and no secret is missing. */
export function simulatedHost(host: Host, env: Readonly<Record<string, string>>): Host {
  return {
    ...host,
    env,
    hostname: () => env["HOSTNAME"] || host.hostname(),
    readFile(path: string): Uint8Array | undefined {
      const bytes = host.readFile(path);
      return bytes === undefined && path.startsWith(SECRETS_FOLDER)
        ? new TextEncoder().encode("simulated")
        : bytes;
    },
  };
}
