import { AT_FDCWD, fixedBytes, kernel, Open } from "./kernel_calls.ts";

/** An entry of a folder, as its file system lists it. */
export interface FolderEntry {
  /** The number of the file; for FUSE that by which the kernel asks for it. */
  readonly node: bigint;
  /** Not every name is text. */
  readonly name: Uint8Array;
  /** Whether it is a folder, or may be one: not every file system tells. */
  readonly mayBeFolder: boolean;
  readonly isLink: boolean;
}

/** struct linux_dirent64: number, place, length of the whole, kind, name. */
const LENGTH_AT = 16;
const KIND_AT = 18;
const NAME_AT = 19;
const KIND = { unknown: 0, folder: 4, link: 10 } as const;
const BUFFER_BYTES = 64 * 1024;

const SLASH = 0x2f;
const DOT = 0x2e;

/**
 * Reads a folder piece by piece, however large it is, `.` and `..` left out; one that cannot be read
 * ends there. Blocks for as long as the file system likes: never call it in PID 1.
 *
 * @param path ends with a NUL
 */
export function* readFolder(path: Uint8Array<ArrayBuffer>): Generator<FolderEntry> {
  const folder = kernel("openat", AT_FDCWD, path, Open.CLOEXEC, 0);
  if (folder < 0) return;
  try {
    const buffer = fixedBytes(BUFFER_BYTES);
    for (;;) {
      const length = kernel("getdents64", folder, buffer, buffer.length);
      if (length <= 0) return;
      yield* entriesOf(buffer.slice(0, length));
    }
  } finally {
    kernel("close", folder);
  }
}

/** Has the file system look a path up, and does nothing else with it. Links at its end are followed. */
export function lookUp(path: Uint8Array<ArrayBuffer>): void {
  const file = kernel("openat", AT_FDCWD, path, Open.PATH | Open.CLOEXEC, 0);
  if (file >= 0) kernel("close", file);
}

/** For a path in a folder. @returns it with a NUL at its end */
export function pathIn(
  folder: Uint8Array<ArrayBuffer>,
  name: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const path = fixedBytes(folder.length + name.length + 1);
  path.set(folder);
  path.set([SLASH], folder.length - 1);
  path.set(name, folder.length);
  return path;
}

function* entriesOf(bytes: Uint8Array): Generator<FolderEntry> {
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length;) {
    const kind = bytes[at + KIND_AT];
    const text = bytes.subarray(at + NAME_AT, at + view.getUint16(at + LENGTH_AT, true));
    const name = text.subarray(0, text.indexOf(0));
    const node = view.getBigUint64(at, true);
    at += view.getUint16(at + LENGTH_AT, true);
    if (isDots(name)) continue;
    const mayBeFolder = kind === KIND.folder || kind === KIND.unknown;
    yield { node, name, mayBeFolder, isLink: kind === KIND.link };
  }
}

function isDots(name: Uint8Array): boolean {
  return name.length <= 2 && name.every((byte) => byte === DOT);
}
