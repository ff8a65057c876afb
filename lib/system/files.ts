import { AT_FDCWD, cString, kernel } from "./kernel_calls.ts";
import type { Files } from "../supervise/world.ts";

/** `W_OK` and `X_OK` of access(2). */
const MAY_WRITE_AND_ENTER = 3;

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
  if (kernel("faccessat", AT_FDCWD, cString(path), MAY_WRITE_AND_ENTER) !== 0) {
    throw new Error(`Cannot use ${JSON.stringify(path)}: it cannot be written`);
  }
}

function isOursAlone({ isDirectory, uid, mode }: Deno.FileInfo): boolean {
  return isDirectory && uid === Deno.uid() && ((mode ?? 0) & 0o022) === 0;
}
