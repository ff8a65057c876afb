import type { Plan } from "../generate/plan.ts";
import { ExitCode } from "../cli/exit_code.ts";
import type { Signals } from "../system/signals.ts";
import type { FirstStart } from "./first_start.ts";
import type { SupervisorSettings } from "./settings.ts";
import { Supervisor } from "./supervisor.ts";
import type { World } from "./world.ts";

/** What {@link supervise} needs beside the plan. */
export interface SuperviseOptions {
  readonly world: World;
  readonly signals: Pick<Signals, "takeOver">;
  readonly settings: SupervisorSettings;
  /** Our own environment; the plan's is set on top of it. */
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
  /** Writes the plan's configuration file, atomically. @throws when the disk does not allow it */
  readonly writeConfig: (plan: Plan) => void | Promise<void>;
  /** Generates again from the files as they are now. @throws {ConfigError} when they are bad */
  readonly regenerate: () => Plan | Promise<Plan>;
  /** The runtime config that is watched; absent when there is none. */
  readonly watchedFile?: string;
  /** What was done ahead; absent: nothing. */
  readonly first?: FirstStart;
}

/**
 * Starts the plan's daemon and keeps its mount alive, until somebody asks for the end or nothing
 * helps any more. The plan's configuration file is written already.
 *
 * @returns what to exit with: 0 after a stop that was asked for, else what DESIGN says
 */
export async function supervise(plan: Plan, options: SuperviseOptions): Promise<number> {
  const supervisor = new Supervisor(plan, options);
  options.signals.takeOver((signal) => {
    switch (signal) {
      case "SIGTERM":
      case "SIGINT":
      case "SIGQUIT":
        supervisor.stop(signal);
        break;
      case "SIGHUP":
        supervisor.lookAtConfig();
        break;
      case "SIGUSR1":
        supervisor.reload();
        break;
      case "SIGUSR2":
        // Nothing: but the default would be our death.
        break;
    }
  });
  const unwatch = options.world.watchFaults((error) => supervisor.fault(error));
  try {
    return await supervisor.run();
  } catch (error) {
    await supervisor.emergency(error);
    return ExitCode.Software;
  } finally {
    unwatch();
  }
}
