/**
 * Waits for a promise, but only so long. Its work goes on; only we stop waiting.
 *
 * @param milliseconds the longest wait
 * @returns its value, or `undefined` when the time is over
 */
export async function within<T>(
  milliseconds: number,
  work: Promise<T>,
): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
