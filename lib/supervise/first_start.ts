import type { MountPlan, Plan } from "../plan/plan.ts";
import { isFuse, type Mount, parseMountinfo } from "../mount/mountinfo.ts";
import { prepareFolder } from "../mount/prepare_folder.ts";
import { resolveTarget } from "../mount/resolve_target.ts";
import { topmostLayer } from "../mount/topmost_layer.ts";
import { type Claim, claimTarget } from "./claim_target.ts";
import { daemonEnvironment, newMark } from "./daemon_environment.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import type { FirstWorld, StartedProcess } from "../ports/world.ts";

/** Where the supervisor goes on from. */
export interface FirstStart extends Claim {
  /** Absent when things are not as plain as they mostly are: then the supervisor starts it. */
  readonly daemon?: FirstDaemon;
}

/** A daemon that runs before its supervisor does. */
export interface FirstDaemon extends ReadyTarget {
  readonly process: StartedProcess;
  /** The daemon's, in its environment. */
  readonly mark: string;
}

interface ReadyTarget {
  /** The target as the mount table writes it; absent for a server, which mounts nothing. */
  readonly target?: string;
  /** The FUSE mounts of just before the start, by id: they are not the daemon's. */
  readonly others: ReadonlySet<number>;
}

/**
 * Starts the plan's daemon ahead of the supervisor, which takes longer to load than the daemon
 * needs to start. Only where nothing has to be decided: the target is ours and has nothing on it.
 * Everything else is left to the supervisor, which looks again and tells what is wrong.
 */
export function firstStart(
  plan: Plan,
  world: FirstWorld,
  settings: SupervisorSettings,
  env: Readonly<Record<string, string>>,
): FirstStart {
  const claim = claimTarget(plan, world, settings, env);
  if (claim.rival !== undefined) return claim;
  try {
    const ready = plan.mount === null ? { others: NONE } : readyTarget(plan.mount, world);
    if (ready === undefined) return claim;
    const mark = newMark(world);
    const { argv, cwd } = plan.process;
    const request = { argv, cwd, env: daemonEnvironment(plan.process, env, mark) };
    // Whatever it leaves behind should come to us. The start is last: what failed after it would
    // leave a daemon that nobody knows.
    world.becomeSubreaper();
    return { ...claim, daemon: { ...ready, mark, process: world.start(request) } };
  } catch {
    return claim;
  }
}

const NONE: ReadonlySet<number> = new Set();

function readyTarget(
  { target: written }: MountPlan,
  { folders, mounts, readLink }: FirstWorld,
): ReadyTarget | undefined {
  const table = mounts.table();
  const before = parseMountinfo(table);
  const target = resolveTarget(written, before, readLink);
  if (topmostLayer(before, target) !== undefined) return undefined;
  // It is read anew, but as a rule nothing has changed: a big table takes long to parse.
  const now = (): readonly Mount[] => {
    const text = mounts.table();
    return text === table ? before : parseMountinfo(text);
  };
  if (prepareFolder(target, now, folders) !== undefined) return undefined;
  return { target, others: new Set(before.filter(isFuse).map(({ id }) => id)) };
}
