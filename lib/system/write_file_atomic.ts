import { AT_FDCWD, cString, kernel } from "./kernel_calls.ts";
import { readLink } from "./read_link.ts";

/**
 * Writes a file so that a reader sees the old content or the new, never a part. Folders on the way
 * are made; a link is followed, so that it stays a link. It does not wait for the disk: what we
 * write is made again at every start, and waiting costs more than all the rest of a start.
 *
 * @param mode permission bits, such as `0o600`
 * @throws what the file system throws; then no temporary file stays behind
 */
export function writeFileAtomic(path: string, text: string, mode: number): void {
  const target = realPath(path);
  const slash = target.lastIndexOf("/");
  if (slash > 0) Deno.mkdirSync(target.slice(0, slash), { recursive: true });
  const temporary = `${target}.${Deno.pid}.tmp`;
  // One of the same name is a leftover of an earlier container that had our pid. It must not be
  // written into: its mode may be wider than ours, and it may be a link to somewhere else.
  remove(temporary);
  try {
    const file = Deno.openSync(temporary, { write: true, createNew: true, mode });
    try {
      let rest = new TextEncoder().encode(text);
      while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
    } finally {
      file.close();
    }
    Deno.chmodSync(temporary, mode);
    Deno.renameSync(temporary, target);
  } catch (error) {
    remove(temporary);
    throw error;
  }
}

/** As a rule it is not there, which is no error here. */
function remove(path: string): void {
  kernel("unlinkat", AT_FDCWD, cString(path), 0);
}

function realPath(path: string): string {
  // As a rule it is none, and may well not be there, which is an error for realPathSync.
  if (readLink(path) === undefined) return path;
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}
