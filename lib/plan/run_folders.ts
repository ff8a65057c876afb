import { fnvHash } from "../text/fnv_hash.ts";

/** Where the control socket lies unless a setting says otherwise. */
export const DEFAULT_RUN_FOLDER = "/run/curvine-fluid";

/** The name of the control socket inside the run folder. */
export const CONTROL_SOCKET = "control.sock";

/**
 * The folders that may hold the control socket, the wanted one first; the others are for a root
 * file system that cannot be written. A supervisor takes the first that it can use, a client the
 * first that answers, so both must find the same list.
 *
 * @param env `CURVINE_FLUID_RUN_DIR` and `TMPDIR` are read
 * @param user the numeric user id, so that users do not get in each other's way
 */
export function runFolders(env: Readonly<Record<string, string>>, user: number): string[] {
  const wanted = env["CURVINE_FLUID_RUN_DIR"] || DEFAULT_RUN_FOLDER;
  // Supervisors with different run folders must not meet in the same temporary one.
  const name = `curvine-fluid-${user}-${fnvHash(wanted)}`;
  const temporary = new Set([env["TMPDIR"] || "/tmp", "/tmp", "/dev/shm"]);
  return [wanted, ...[...temporary].map((folder) => `${folder.replace(/\/+$/, "")}/${name}`)];
}
