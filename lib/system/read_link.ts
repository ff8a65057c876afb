import { AT_FDCWD, cString, fixedBytes, kernel } from "./kernel_calls.ts";

const PATH_MAX = 4096;

/**
 * What a symbolic link says; `undefined` when the path is no link or cannot be read. Most are none:
 * an error for each of them would cost more than all the calls together.
 */
export function readLink(path: string): string | undefined {
  const text = fixedBytes(PATH_MAX);
  const length = kernel("readlinkat", AT_FDCWD, cString(path), text, text.length);
  return length < 0 ? undefined : new TextDecoder().decode(text.subarray(0, length));
}
