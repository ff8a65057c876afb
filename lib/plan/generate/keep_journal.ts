import type { Generation } from "./generation.ts";

/** Seconds; the key takes no fractions, and 0 would try a failed write again without a pause. */
const PAUSE_SECONDS = 1;
/** Ten times Curvine's own, for a tenth of its pause: a failing write is given up when it was. */
const MOST_TRIES = 10_000;

/**
 * Lets a master's journal begin at once. For `journal.retry_interval_secs` after a master has become
 * the leader, Curvine keeps what it acknowledges in memory alone: killed in those seconds, by default
 * ten, it takes all of that along, even where others stand by. What an option or the base says stays.
 *
 * Source: Curvine, First seconds of a leader.
 */
export function keepJournal(generation: Generation): void {
  const journal = generation.section("journal");
  if (journal["retry_interval_secs"] !== undefined) return;
  journal["retry_interval_secs"] = PAUSE_SECONDS;
  generation.setDefault("journal", "max_retry_num", MOST_TRIES);
}
