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
  const name = `curvine-fluid-${user}-${digest(wanted)}`;
  const temporary = new Set([env["TMPDIR"] || "/tmp", "/tmp", "/dev/shm"]);
  return [wanted, ...[...temporary].map((folder) => `${folder.replace(/\/+$/, "")}/${name}`)];
}

/** FNV-1a: supervisors with different run folders must not meet in the same temporary one. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
