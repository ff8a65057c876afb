import { isWithin, normalizeUfs } from "../plan/curvine/ufs_path.ts";

interface Entry {
  readonly source: string;
  readonly begun: Promise<void>;
  readonly ended: Promise<void>;
}

/**
 * Runs loads in the order in which they come, several at once. The next begins when Curvine has
 * taken the one before it on; one whose source overlaps an earlier one's waits for that one's end,
 * for two jobs would write the same files.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const queue = new LoadQueue(2);
 * const order: string[] = [];
 * const load = (source: string) => queue.run(source, () => Promise.resolve(void order.push(source)));
 * await Promise.all([load("s3://b/a"), load("s3://b/a/deep"), load("s3://b/c")]);
 * assert.deepEqual(order, ["s3://b/a", "s3://b/a/deep", "s3://b/c"]);
 * ```
 */
export class LoadQueue {
  readonly #entries: Entry[] = [];
  readonly #running = new Set<Promise<void>>();

  /** @param atOnce how many loads may run at the same time, from 1 */
  constructor(private readonly atOnce: number) {}

  /**
   * Waits for its turn, then works.
   *
   * @param work calls back once Curvine has taken it on; its end says so too
   */
  async run<Result>(
    source: string,
    work: (begun: () => void) => Promise<Result>,
  ): Promise<Result> {
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const before = [...this.#entries];
    const own = normalizeUfs(source);
    this.#entries.push({ source: own, begun: begun.promise, ended: ended.promise });
    await before.at(-1)?.begun;
    await Promise.all(
      before.filter((one) => isWithin(one.source, own) || isWithin(own, one.source))
        .map((one) => one.ended),
    );
    while (this.#running.size >= this.atOnce) await Promise.race(this.#running);
    this.#running.add(ended.promise);
    try {
      return await work(begun.resolve);
    } finally {
      this.#running.delete(ended.promise);
      begun.resolve();
      ended.resolve();
    }
  }
}
