import type { Plan } from "../plan/plan.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { type SuperviseOptions, Supervisor } from "./supervisor.ts";

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
