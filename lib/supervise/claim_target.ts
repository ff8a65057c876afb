import type { Plan } from "../plan/plan.ts";
import type { Log } from "../observe/log.ts";
import { chooseRunFolder } from "./run_folder.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import { lockTarget } from "./target_lock.ts";
import type { World } from "../ports/world.ts";

/** A target that is ours to supervise, or not. */
export interface Claim {
  /** The run folder; `undefined` where there is none. */
  readonly folder: string | undefined;
  /** Who supervises the target already and what to do; `undefined` when it is ours now. */
  readonly rival: string | undefined;
  /** What is to be logged of that. */
  readonly told: readonly Parameters<Log>[];
}

/** Chooses the run folder and takes the target's lock in it, for as long as this process lives. */
export function claimTarget(
  plan: Plan,
  world: Pick<World, "files" | "locks" | "user" | "pid">,
  settings: SupervisorSettings,
  env: Readonly<Record<string, string>>,
): Claim {
  const told: Parameters<Log>[] = [];
  const log: Log = (...call) => void told.push(call);
  const folder = chooseRunFolder(world, env, settings, log);
  const rival = lockTarget(folder, plan, world, log);
  return { folder, rival, told };
}
