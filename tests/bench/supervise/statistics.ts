/** Median, 99th percentile and the largest of some samples, in their unit. */
export interface Summary {
  median: number;
  p99: number;
  worst: number;
  count: number;
}

/** @param samples at least one */
export function summarize(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((one, other) => one - other);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
  return { median: at(0.5), p99: at(0.99), worst: at(1), count: sorted.length };
}
