import type { Clock } from "../ports/world.ts";
import { type Lesson, NO_LESSON } from "../ports/mounts.ts";
import type { Door } from "../ports/takeover.ts";
import { pause } from "./clock_waits.ts";
import type { HeldConnection } from "./held_connection.ts";

/** What {@link letIn} needs. */
export interface LetInParts {
  readonly clock: Clock;
  readonly held: HeldConnection;
  readonly door: Door;
  /** Of each mount point. */
  readonly lessons: readonly Lesson[];
  readonly wanted: () => boolean;
}

/** Callers are parked that often, less often when the successor takes its time. */
const PARK_MS = 2;
const MOST_PARK_MS = 50;
/** From then on it does: callers that get a signal are let go. */
const LATE_MS = 1000;

/**
 * So long after its start a successor waits for those who teach it, and so long where everybody who waits
 * asks by a path: most who do not will have asked by then.
 */
const PATIENCE_MS = 100;
const LEAST_PATIENCE_MS = 12;

/**
 * Keeps callers waiting until a successor is about to serve, with a child at hand that teaches it: it
 * knows no file yet but the roots, and would say of what it is asked for by number, as by whoever has a
 * working directory in the mount, that there is no such thing. Then callers and successor meet; who asks
 * for what no path leads to goes on when it is known (Takeover: Folders that are bound elsewhere).
 *
 * @returns the lessons; `undefined` when this is not wanted any more
 */
export async function letIn(
  { clock, held, door, lessons, wanted }: LetInParts,
): Promise<readonly Lesson[] | undefined> {
  if (!door.keeps) {
    held.resume();
    return lessons;
  }
  const begun = clock.now();
  let isReady = false;
  let isEarly = false;
  void Promise.all(lessons.map(({ ready }) => ready)).then(() => isReady = true);
  void Promise.race(lessons.map(({ answered }) => answered)).then(() => isEarly = true);
  for (let past = 0;; past = clock.now() - begun) {
    const turnedAway = held.park(past > LATE_MS);
    const patience = held.asked === "by path" && !turnedAway ? LEAST_PATIENCE_MS : PATIENCE_MS;
    const isTaught = isReady && !turnedAway;
    if (door.isReached() && (isTaught || past >= patience)) break;
    await pause(clock, Math.min(Math.max(past / 20, PARK_MS), MOST_PARK_MS));
    if (!wanted()) return undefined;
  }
  held.letIn();
  door.open();
  // An answer that was there before is another daemon's.
  return isEarly ? lessons.map(() => NO_LESSON) : lessons;
}
