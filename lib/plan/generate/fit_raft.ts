import type { Generation } from "./generation.ts";

/** The length of a tick that fits a group of one, in milliseconds. */
const LONE_TICK_MS = 100;

/**
 * Gives a lone master ticks that fit a group of one: with Curvine's own of a second it waits 10 to
 * 30 of them for an election that nobody contests, and opens its port 15 to 25 s after each start;
 * so it is 1.3 s. What an option or the base says stays, and so do the ticks of larger groups, whose
 * masters must not take a busy machine for a dead one.
 *
 * Source: Curvine, State of a master.
 */
export function fitRaft(generation: Generation): void {
  const { component } = generation;
  const journal = generation.section("journal");
  const peers = journal["journal_addrs"];
  if (component !== "master" || !Array.isArray(peers) || peers.length !== 1) return;
  generation.setDefault("journal", "raft_tick_interval_ms", LONE_TICK_MS);
}
