/** What an application lived through. */
export interface Outage {
  /** Milliseconds from the fault to the first answer that was asked for after it. */
  readonly ms: number;
  /** What it got in the place of an answer, until all was well and for some seconds more. */
  readonly errors: readonly string[];
}

const PAUSE_MS = 100;
const AFTERWARDS_MS = 4_000;
const LIMIT_MS = 300_000;

/**
 * An application that asks again and again for something that only a master can answer.
 *
 * @param step asks once; what it throws is an error that the application sees
 * @param fault makes the trouble, and begins what ends it
 */
export async function outage(
  step: (turn: number) => Promise<unknown>,
  fault: () => Promise<void>,
): Promise<Outage> {
  let turn = 0;
  for (; turn < 5; turn++) await step(turn);
  const begun = performance.now();
  await fault();
  const errors: string[] = [];
  let ms = NaN;
  for (let end = begun + LIMIT_MS; performance.now() < end; turn++) {
    try {
      await step(turn);
      if (Number.isNaN(ms)) {
        ms = performance.now() - begun;
        end = performance.now() + AFTERWARDS_MS;
      }
    } catch (error) {
      errors.push(error instanceof Error ? error.message : String(error));
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return { ms, errors };
}
