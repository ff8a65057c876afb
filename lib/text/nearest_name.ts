/**
 * The known name that a misspelt one most likely means.
 *
 * @returns `undefined` where none is near: at most a third of the letters may differ
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(nearestName("rpc_prot", ["rpc_port", "web_port"]), "rpc_port");
 * assert.equal(nearestName("key1", ["rpc_port"]), undefined);
 * ```
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let limit = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    // The lengths alone may already rule it out.
    if (Math.abs(candidate.length - name.length) >= limit) continue;
    const distance = editDistance(name, candidate, limit);
    if (distance < limit) [best, limit] = [candidate, distance];
  }
  return best;
}

/**
 * Damerau's distance: insert, remove, replace a letter, or swap two neighbours. It is exact below
 * the limit; once two rows are beyond it, so is every further one.
 */
function editDistance(a: string, b: string, limit: number): number {
  let beforeLast: number[] = [];
  let lastLeast = 0;
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let rowLeast = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(least);
      rowLeast = Math.min(rowLeast, least);
    }
    if (rowLeast >= limit && lastLeast >= limit) return limit;
    lastLeast = rowLeast;
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
