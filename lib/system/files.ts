import type { Files } from "../supervise/world.ts";

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
  const info = alone ? Deno.lstatSync(path) : Deno.statSync(path);
  // In a folder that all may write, somebody else could have made it first.
  if (alone && (!info.isDirectory || info.uid !== Deno.uid() || ((info.mode ?? 0) & 0o022) !== 0)) {
    throw new Error(`Cannot use ${JSON.stringify(path)}: it does not belong to us alone`);
  }
  const trial = `${path}/.trial-${Deno.pid}`;
  Deno.writeTextFileSync(trial, "");
  Deno.removeSync(trial);
}
