import { AT_FDCWD, cString, kernel, Open } from "./kernel_calls.ts";
import type { Files } from "../ports/world.ts";

/** The real files. */
export const systemFiles: Files = {
  read(path: string): string | undefined {
    try {
      return Deno.readTextFileSync(path);
    } catch {
      return undefined;
    }
  },
  write: (path, text) => Deno.writeTextFileSync(path, text, { mode: 0o600 }),
  remove(path: string): void {
    try {
      Deno.removeSync(path);
    } catch {
      // It is not there, which is what was wanted.
    }
  },
  makeFolder,
};

function makeFolder(path: string, alone: boolean): void {
  Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  // In a folder that all may write, somebody else could have made it first.
  if (alone && !isOursAlone(Deno.lstatSync(path))) {
    throw new Error(`Cannot use ${JSON.stringify(path)}: it does not belong to us alone`);
  }
  // Only a trial tells: a full disk refuses what the folder's mode would allow.
  const trial = `${path}/.trial-${Deno.pid}`;
  const name = cString(trial);
  const fd = kernel("openat", AT_FDCWD, name, Open.RDWR | Open.CREAT | Open.CLOEXEC, 0o600);
  // Deno does the same again and says why it fails.
  if (fd < 0) Deno.writeTextFileSync(trial, "");
  else kernel("close", fd);
  kernel("unlinkat", AT_FDCWD, name, 0);
}

function isOursAlone({ isDirectory, uid, mode }: Deno.FileInfo): boolean {
  return isDirectory && uid === Deno.uid() && ((mode ?? 0) & 0o022) === 0;
}
