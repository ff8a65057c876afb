import { reasonOf } from "../text/describe_error.ts";

/** Why a device cannot be opened for reading and writing; `undefined` when it can. */
export function cannotOpen(path: string): string | undefined {
  try {
    Deno.openSync(path, { read: true, write: true }).close();
    return undefined;
  } catch (error) {
    // The path is known to whoever asks.
    return reasonOf(error).replace(/: open '.*'$/, "");
  }
}

/** Why a file cannot be executed; `undefined` when it seems that it can. */
export function cannotExecute(path: string): string | undefined {
  try {
    const { isFile, mode } = Deno.statSync(path);
    if (!isFile) return "it is no file";
    return ((mode ?? 0) & 0o111) === 0 ? "it is not executable" : undefined;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "there is no such file" : reasonOf(error);
  }
}
