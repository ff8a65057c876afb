/** A stream's text, on its way. */
export interface Collected {
  readonly text: Promise<string>;
  /** Ends the reading: a grandchild may keep the pipe open for ever. */
  cancel(): void;
}

/**
 * Reads a stream to its end. One that breaks ends like a closed one.
 *
 * @param most so many characters are kept; what comes after them is read all the same
 * @param onLine is told every line, that of a stream without lines in pieces of so many characters
 */
export function collectOutput(
  stream: ReadableStream<Uint8Array>,
  most: number,
  onLine?: (line: string) => void,
): Collected {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let kept = "";
  let line = "";
  const take = (text: string): void => {
    if (kept.length < most) kept = (kept + text).slice(0, most);
    if (onLine === undefined) return;
    const lines = (line + text).split("\n");
    line = lines.pop() ?? "";
    for (const one of lines) onLine(one);
    if (line.length > most) {
      onLine(line);
      line = "";
    }
  };
  const read = async (): Promise<string> => {
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      take(decoder.decode(value, { stream: !done }));
      if (done) break;
    }
    if (line !== "") onLine?.(line);
    return kept;
  };
  return { text: read(), cancel: () => void reader.cancel().catch(() => {}) };
}
