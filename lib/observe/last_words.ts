import { reasonOf } from "../text/describe_error.ts";

/** Kubernetes shows no more of a termination message. */
const MOST_BYTES = 4096;

/** Kubernetes' own place for it; it makes the file before it starts us. */
export const TERMINATION_LOG = "/dev/termination-log";

/**
 * The termination message: why we ended, and what the daemon said last. Cut to what Kubernetes
 * shows, the oldest lines of the daemon first.
 *
 * @param tail the end of the daemon's output
 */
export function terminationMessage(cause: string, tail = ""): string {
  const head = new TextEncoder().encode(`${cause}\n`).subarray(0, MOST_BYTES);
  const title = "Last lines of the daemon:\n";
  const room = MOST_BYTES - head.length - title.length - 1;
  const begin = new TextDecoder().decode(head);
  if (tail === "" || room <= 0) return begin;
  const bytes = new TextEncoder().encode(tail);
  if (bytes.length <= room) return `${begin}${title}${tail}\n`;
  const cut = new TextDecoder().decode(bytes.subarray(bytes.length - room));
  return `${begin}${title}${cut.slice(cut.indexOf("\n") + 1)}\n`;
}

/** What writing the message takes: the file is mounted by itself, so that it cannot be replaced. */
export interface WordsFile {
  /** @returns its text, or `undefined` when it cannot be read */
  read(path: string): string | undefined;
  /** Writes over what lies there. @throws when it cannot be written */
  write(path: string, text: string): void;
}

/**
 * Leaves the message where Kubernetes reads it. Outside of Kubernetes its own place is left alone.
 *
 * @returns why that did not work
 */
export function leaveWords(path: string, message: string, file: WordsFile): string | undefined {
  if (path === TERMINATION_LOG && file.read(path) === undefined) return undefined;
  try {
    file.write(path, message);
    return undefined;
  } catch (error) {
    return `Cannot write ${JSON.stringify(path)}: ${reasonOf(error)}`;
  }
}
