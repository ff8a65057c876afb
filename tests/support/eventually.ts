/** How long a condition may take before it counts as never: generous, for a slow machine. */
const LIMIT_MS = 20_000;

/**
 * Asks until the answer is there (neither `undefined` nor `false`) and returns it.
 * @param what the condition in words, for the error
 * @throws {Error} after `limitMs`, with the last answer's error where it threw
 */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs: number = LIMIT_MS,
): Promise<T> {
  const end = performance.now() + limitMs;
  let problem = "";
  while (true) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      problem = "";
    } catch (error) {
      problem = `: ${error instanceof Error ? error.message : error}`;
    }
    if (performance.now() > end) {
      throw new Error(`Waited ${limitMs} ms in vain until ${what}${problem}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/**
 * Asks for the whole of `forMs` and throws at the first answer that is not `wanted`: for what must
 * not happen although nothing announces that it will not.
 */
export async function steadily<T>(
  what: string,
  wanted: T,
  forMs: number,
  ask: () => T | Promise<T>,
): Promise<void> {
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    const answer = await ask();
    if (answer !== wanted) throw new Error(`Wanted ${what} to stay ${wanted}, found ${answer}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
