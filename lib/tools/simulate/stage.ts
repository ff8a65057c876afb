import type { Plan } from "../../plan/plan.ts";
import type { Status } from "../../observe/status.ts";
import type { SupervisorSettings } from "../../plan/settings.ts";
import type { World } from "../../ports/world.ts";
import { pause } from "../../supervise/clock_waits.ts";
import type { Story } from "./story.ts";

/** Signals that a simulation sends. */
export type TroubleSignal = "SIGKILL" | "SIGSTOP" | "SIGTERM";

/** Everything that the acts of a simulation need. */
export interface Stage {
  readonly story: Story;
  readonly world: World;
  readonly settings: SupervisorSettings;
  /** The environment of the run. */
  readonly env: Readonly<Record<string, string>>;
  /** What the supervisor says of itself; `undefined` when it does not answer. */
  status(): Promise<Status | undefined>;
  /** Asks the supervisor to end in order. */
  stop(): Promise<void>;
  /** The daemon's processes, children and orphans of it included. */
  daemons(): readonly number[];
  /** Those of them whose death is the daemon's, and not the end of its mount's connection. */
  killable(): readonly number[];
  kill(pid: number, signal: TroubleSignal): void;
  /** The plan as the files are now. @throws {ConfigError} when they are bad */
  plan(): Plan;
  /** The runtime config as it is, and how to change it; `undefined` where there is none. */
  readonly config: { read(): unknown; write(value: unknown): void } | undefined;
  /** Lets somebody read the mount, who may have to wait for ever. */
  readMount(target: string): void;
  /** On the world's clock: from then on nobody waits any more. Set once the run has begun. */
  end: number;
}

const LOOK_MS = 30;

/** Waits until something holds. @returns whether it did, in time */
export async function until(
  stage: Pick<Stage, "world" | "end">,
  milliseconds: number,
  holds: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const { clock } = stage.world;
  const end = Math.min(clock.now() + milliseconds, stage.end);
  for (;;) {
    if (await holds()) return true;
    if (clock.now() >= end) return false;
    await pause(clock, LOOK_MS);
  }
}
