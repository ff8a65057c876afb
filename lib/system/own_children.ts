/** Children that Deno waits for: whoever reaps orphans must leave these alone. */
const own = new Set<number>();

/** Called whenever one of them has been taken by Deno. */
const listeners = new Set<() => void>();

/**
 * Says that Deno waits for a child. Call it right after the start of every child, before anything
 * can intervene: in a supervisor everything else that ends is reaped as an orphan.
 */
export function ownChild(pid: number, ended: Promise<unknown>): void {
  own.add(pid);
  const release = (): void => {
    own.delete(pid);
    for (const listener of listeners) listener();
  };
  ended.then(release, release);
}

/** Whether Deno waits for a child. */
export function isOwnChild(pid: number): boolean {
  return own.has(pid);
}

/** Calls back whenever Deno has taken one. @returns what ends that */
export function onOwnChildTaken(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
