import type { ProcessPlan } from "../plan/plan.ts";
import type { World } from "../ports/world.ts";

/**
 * Marks everything that descends from a daemon of ours: of all the orphans that come to PID 1,
 * these are the ones that are our business.
 */
export const MARK = "CURVINE_FLUID_DAEMON";

/** Set for the successor of a hot reload, and never for a cold start (Curvine: Hot reload). */
export const STATE_PATH = "CURVINE_FUSE_STATE_PATH";

/** A value for {@link MARK} that no other supervisor has. */
export function newMark({ pid, random }: Pick<World, "pid" | "random">): string {
  return `${pid}-${Math.floor(random() * 2 ** 48).toString(36)}`;
}

/** The whole environment of a cold start: the plan's on top of ours, and the mark. */
export function daemonEnvironment(
  { env: planned }: ProcessPlan,
  env: Readonly<Record<string, string>>,
  mark: string,
): Record<string, string> {
  const whole: Record<string, string> = { ...env };
  for (const [name, value] of Object.entries(planned)) {
    if (value === null) delete whole[name];
    else whole[name] = value;
  }
  delete whole[STATE_PATH];
  whole[MARK] = mark;
  return whole;
}
