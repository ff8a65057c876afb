import { ExitCode } from "../ports/exit_code.ts";
import { CommandError } from "../ports/command_error.ts";
import type { World } from "../ports/world.ts";
import type { Log } from "../observe/log.ts";
import type { Plan } from "../plan/plan.ts";
import { runFolders } from "../plan/run_folders.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import { reasonOf } from "../text/describe_error.ts";
import { fnvHash } from "../text/fnv_hash.ts";

/** What a claim touches of the world. */
type ClaimWorld = Pick<World, "files" | "locks" | "user" | "pid">;

/**
 * Chooses the run folder and takes the target's lock in it, for as long as this process lives: two
 * supervisors of one target would detach each other's mounts for ever.
 *
 * @returns the run folder; `undefined` on a machine where nothing can be written: the mount is worth
 *   more than its socket and its lock
 * @throws {CommandError} when somebody in this container supervises the target already (75)
 */
export function claimTarget(
  plan: Plan,
  world: ClaimWorld,
  settings: SupervisorSettings,
  env: Readonly<Record<string, string>>,
  log: Log,
): string | undefined {
  const folder = chooseRunFolder(world, env, settings, log);
  if (folder !== undefined) lockTarget(folder, plan, world, log);
  return folder;
}

/** The first run folder that can be used; `undefined` where there is none. */
export function chooseRunFolder(
  { files, user }: ClaimWorld,
  env: Readonly<Record<string, string>>,
  settings: SupervisorSettings,
  log: Log,
): string | undefined {
  const reasons: string[] = [];
  const isUsable = (folder: string, alone: boolean): boolean => {
    try {
      files.makeFolder(folder, alone);
      return true;
    } catch (error) {
      reasons.push(`${JSON.stringify(folder)}: ${reasonOf(error)}`);
      return false;
    }
  };
  if (isUsable(settings.runDir, false)) return settings.runDir;
  const folders = runFolders({ ...env, CURVINE_FLUID_RUN_DIR: settings.runDir }, user);
  const folder = folders.slice(1).find((one) => isUsable(one, true));
  if (folder !== undefined) {
    log("warn", "run-folder", `Using ${JSON.stringify(folder)}: ${reasons[0]}`);
    return folder;
  }
  log("warn", "no-run-folder", `Going on without a control socket: ${reasons.join("; ")}`);
  return undefined;
}

function lockTarget(
  folder: string,
  { mount, component }: Plan,
  { locks, files, pid }: ClaimWorld,
  log: Log,
): void {
  const what = mount?.target ?? component;
  const path = `${folder}/${lockName(what)}`;
  const note = mount === null ? [pid] : [pid, JSON.stringify(mount.target)];
  let isOurs = true;
  try {
    isOurs = locks.take(path, note.join("\n")) !== undefined;
  } catch (error) {
    log("warn", "no-lock", `Going on without a lock: ${reasonOf(error)}`);
  }
  if (isOurs) return;
  const holder = files.read(path)?.split("\n")[0]?.trim();
  throw new CommandError(
    `Cannot supervise ${JSON.stringify(what)}: another curvine-fluid` +
      `${holder ? ` (process ${holder})` : ""} in this container does so already; ` +
      'see "curvine-fluid status", and end it with "curvine-fluid unmount"',
    ExitCode.TryAgain,
  );
}

/**
 * The target of a lock's file, as its holder wrote it.
 *
 * @param text the file's, `undefined` where it cannot be read
 * @returns `undefined` where it names none: a server's, or one that was never held
 */
export function lockedTarget(text: string | undefined): string | undefined {
  const [, line = ""] = text?.split("\n") ?? [];
  try {
    const target: unknown = JSON.parse(line);
    return typeof target === "string" && target.startsWith("/") ? target : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a file of the run folder is a supervisor's lock. */
export function isLockName(name: string): boolean {
  return name.startsWith("supervise-") && name.endsWith(".lock");
}

/** A lock's file name for any path: its readable end and a number made of all of it. */
export function lockName(what: string): string {
  const end = what.slice(what.lastIndexOf("/") + 1).replace(/[^A-Za-z0-9._-]/g, "_").slice(-40);
  return `supervise-${end}-${fnvHash(what)}.lock`;
}
