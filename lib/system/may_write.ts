import { AT_FDCWD, cString, Errno, kernel, withErrno } from "./kernel_calls.ts";

/** Writing and searching: without either nothing can be made in a folder. */
const W_OK = 2;
const X_OK = 1;

const REASONS: Readonly<Record<number, string>> = {
  [Errno.EACCES]: "Permission denied",
  [Errno.EPERM]: "Operation not permitted",
  [Errno.EROFS]: "Read-only file system",
  [Errno.ENOENT]: "No such file or directory",
  [Errno.ENOTDIR]: "Not a directory",
};

/**
 * Whether something can be made in a folder. The kernel is asked and nothing is tried: a file that
 * comes and goes in Curvine's metadata would be a riddle to whoever sees it.
 *
 * @returns why not, in the kernel's words; `undefined` when it can
 */
export function mayWrite(folder: string): string | undefined {
  // The slash: what is no folder is told as that.
  const name = cString(`${folder}/.`);
  const { result, errno } = withErrno(() => kernel("faccessat", AT_FDCWD, name, W_OK | X_OK));
  return result === 0 ? undefined : REASONS[errno] ?? `error number ${errno}`;
}
