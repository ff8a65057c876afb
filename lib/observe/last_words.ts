/** Kubernetes shows no more of a termination message. */
const MOST_BYTES = 4096;

/**
 * The termination message: why we ended, and what the daemon said last. Cut to what Kubernetes
 * shows, the oldest lines of the daemon first.
 *
 * @param tail the end of the daemon's output
 */
export function lastWords(cause: string, tail: string): string {
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
