import type { Generation } from "./generation.ts";

/** The length of a tick that fits a group of one, in milliseconds. */
const LONE_TICK_MS = 100;
/**
 * The longest wait for an election, in ticks: one more than Curvine's shortest. Up to its own 30 they
 * would be drawn at random, so that groups of several do not vote at once.
 */
const LONE_MAX_TICKS = 11;
/** Who has chosen one of these has thought about the others. */
const ELECTION_KEYS = [
  "raft_tick_interval_ms",
  "raft_election_tick",
  "raft_min_election_ticks",
  "raft_max_election_ticks",
];

/**
 * Gives a lone master ticks that fit a group of one: with Curvine's own of a second it waits 10 to
 * 30 of them for an election that nobody contests, and opens its port 15 to 25 s after each start;
 * so it is 1.3 to 1.6 s. What an option or the base says stays, and so do the ticks of larger groups, whose
 * masters must not take a busy machine for a dead one.
 *
 * Source: Curvine, State of a master.
 */
export function fitRaft(generation: Generation): void {
  const { component } = generation;
  const journal = generation.section("journal");
  const peers = journal["journal_addrs"];
  if (component !== "master" || !Array.isArray(peers) || peers.length !== 1) return;
  const chosen = ELECTION_KEYS.some((key) => journal[key] !== undefined);
  generation.setDefault("journal", "raft_tick_interval_ms", LONE_TICK_MS);
  if (!chosen) journal["raft_max_election_ticks"] = LONE_MAX_TICKS;
}
