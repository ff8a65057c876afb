import { AT_FDCWD, cString, kernel, Open } from "./kernel_calls.ts";

const S_IFIFO = 0o010000;
const OWNER_ONLY = 0o600;

/**
 * The state file of a successor, as a door: a FIFO, at which the successor stands with all its start
 * done but to serve, until we let it in. Where none can be made it is a file, and always open.
 */
export class StateDoor {
  readonly path: string;
  readonly keeps: boolean;
  readonly #text: string;
  #descriptor = -1;
  #isOpen = false;

  /** @throws whatever keeps the file from being written */
  constructor(path: string, text: string) {
    this.path = path;
    this.#text = text;
    removeFile(path);
    this.keeps = kernel("mknodat", AT_FDCWD, cString(path), S_IFIFO | OWNER_ONLY, 0) === 0;
    if (this.keeps) return;
    writeAlone(path, text);
    this.#isOpen = true;
  }

  /** Whether the successor stands there, or nothing can keep it. */
  isReached(): boolean {
    if (this.#isOpen || this.#descriptor >= 0) return true;
    // ENXIO as long as nobody has it open to read.
    const flags = Open.WRONLY | Open.NONBLOCK | Open.CLOEXEC;
    this.#descriptor = kernel("openat", AT_FDCWD, cString(this.path), flags, 0);
    return this.#descriptor >= 0;
  }

  /** Lets the successor in. What it is told is shorter than what a pipe takes at once. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const bytes = new TextEncoder().encode(this.#text);
    kernel("write", this.#descriptor, bytes, bytes.length);
    this.#letGo();
    removeFile(this.path);
    // Who reads it a second time must not wait for a second writer.
    try {
      writeAlone(this.path, this.#text);
    } catch {
      // The disk is full, and it was told already.
    }
  }

  /** Nothing is left. More than once does no harm. */
  remove(): void {
    this.#isOpen = true;
    this.#letGo();
    removeFile(this.path);
  }

  #letGo(): void {
    if (this.#descriptor >= 0) kernel("close", this.#descriptor);
    this.#descriptor = -1;
  }
}

function writeAlone(path: string, text: string): void {
  const file = Deno.openSync(path, { write: true, createNew: true, mode: OWNER_ONLY });
  try {
    let rest = new TextEncoder().encode(text);
    while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
  } finally {
    file.close();
  }
}

function removeFile(path: string): void {
  kernel("unlinkat", AT_FDCWD, cString(path), 0);
}
