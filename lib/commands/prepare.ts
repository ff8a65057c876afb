import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { curvinePaths } from "../plan/curvine/paths.ts";
import { writeToml } from "../plan/curvine/toml_text.ts";
import { isWrittenByUs, WRITTEN_BY_US } from "../plan/generate/base_config.ts";
import { mountScript } from "../plan/generate/mount_script.ts";
import type { Plan } from "../plan/plan.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import type { Host } from "../ports/host.ts";
import { prepareServerFolders } from "./server_folders.ts";
import { userId } from "../system/user_id.ts";
import { reasonOf } from "../text/describe_error.ts";

/** The configuration may hold secrets: nobody but its owner reads it. */
const CONFIG_MODE = 0o600;
const SCRIPT_MODE = 0o755;

/** The configuration file's text. */
export function configText(plan: Plan): string {
  return `${WRITTEN_BY_US}\n${writeToml(plan.config.toml)}`;
}

/**
 * Writes what a plan wants on disk before its process starts: the configuration, atomically, and
 * on request the mount script. A configuration that somebody else wrote is kept beside ours, for
 * later starts build on it.
 *
 * @throws {CommandError} where the disk does not allow it (71)
 */
export function prepare(
  plan: Plan,
  { writeMountScript }: Pick<SupervisorSettings, "writeMountScript">,
  host: Host,
): void {
  allOrThrow([
    () => plan.mount === null && prepareServerFolders(plan, host),
    () => writeConfig(plan, host),
  ]);
  if (plan.formatMarker !== undefined) claimFormat(plan.formatMarker, host);
  if (writeMountScript) {
    const script = mountScript(plan);
    const { mountScript: path } = curvinePaths(host.env);
    if (script !== undefined) {
      attempt("write", path, () => host.writeFile(path, script, SCRIPT_MODE));
    }
  }
}

/** Writes the configuration file, unless the very same one is there already. */
export function writeConfig(plan: Plan, host: Host): void {
  const { path } = plan.config;
  const text = configText(plan);
  attempt("write the configuration", path, () => {
    const content = host.readText(path);
    const existing = typeof content === "object" ? new TextDecoder().decode(content) : content;
    if (existing === text) return;
    if (existing !== undefined && !isWrittenByUs(existing)) {
      host.writeFile(curvinePaths(host.env).savedBase, existing, CONFIG_MODE);
    }
    host.writeFile(path, text, CONFIG_MODE);
  });
}

/** Formatting must happen once: without the marker it would happen at every start. */
function claimFormat(marker: string, host: Host): void {
  attempt("write the format marker", marker, () => {
    host.makeFolder(marker.slice(0, marker.lastIndexOf("/")));
    if (!host.createFile(marker, "CURVINE_FLUID_ALLOW_FORMAT=once was used.\n")) {
      throw new Error("another start has just made it");
    }
  });
}

/** Takes every step, so that all that is wrong is told at once. */
function allOrThrow(steps: readonly (() => unknown)[]): void {
  const faults: CommandError[] = [];
  for (const step of steps) {
    try {
      step();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      faults.push(error);
    }
  }
  const [first] = faults;
  if (first === undefined) return;
  throw new CommandError(faults.map(({ message }) => message).join("\n"), first.exitCode, {
    cause: first,
  });
}

function attempt(what: string, path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    const reason = reasonOf(error);
    throw new CommandError(
      `Cannot ${what} "${path}": ${reason} ` +
        `(user ${userId()} has to be able to write there; on a read-only root file system, set ` +
        "CURVINE_CONF_FILE to a file in a writable folder)",
      ExitCode.OsError,
      { cause: error },
    );
  }
}
