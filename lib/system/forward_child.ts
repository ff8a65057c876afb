import type { ProcessPlan } from "../generate/plan.ts";
import { SIGNAL_NUMBERS, type Signals } from "./signals.ts";

/** Runs a child that gets our signals; its exit code is ours (128 + signal where one ended it). */
export async function forwardChild(program: ProcessPlan, signals: Signals): Promise<number> {
  const [command = "", ...args] = program.argv;
  const env = { ...Deno.env.toObject() };
  for (const [name, value] of Object.entries(program.env)) {
    if (value === null) delete env[name];
    else env[name] = value;
  }
  const child = new Deno.Command(command, { args, env, clearEnv: true, cwd: program.cwd }).spawn();
  signals.takeOver((signal) => {
    try {
      child.kill(signal);
    } catch {
      // It has just ended.
    }
  });
  const { code, signal } = await child.status;
  return signal === null ? code : 128 + (SIGNAL_NUMBERS[signal as "SIGTERM"] ?? 0);
}
