import { kernel, trimHeap } from "./kernel_calls.ts";

const MADV_DONTNEED = 4;

/**
 * Gives back memory that only our start needed: heap that was freed, and pages of our executable's
 * code. A supervisor sleeps for weeks on every node; code that it does need again is mapped again
 * from the page cache, at the price of a soft page fault.
 */
export function trimMemory(): void {
  trimHeap();
  for (const [from, to] of untouchedCode(Deno.readTextFileSync("/proc/self/smaps"))) {
    kernel("madvise", from, to - from, MADV_DONTNEED);
  }
}

/**
 * The address ranges of code mapped from files in which no page was ever written (a written one,
 * as of a relocation, would lose what was written).
 *
 * @param smaps the text of `/proc/self/smaps` (proc(5))
 */
export function untouchedCode(smaps: string): [from: bigint, to: bigint][] {
  const ranges: [bigint, bigint][] = [];
  for (const block of smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
    const match = /^([0-9a-f]+)-([0-9a-f]+) r-xp \S+ \S+ [1-9]\d* +\//.exec(block);
    if (match === null) continue;
    const clean = /^Private_Dirty: +0 kB$/m.test(block) && /^Anonymous: +0 kB$/m.test(block);
    if (clean) ranges.push([BigInt(`0x${match[1]}`), BigInt(`0x${match[2]}`)]);
  }
  return ranges;
}
