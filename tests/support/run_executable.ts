import { executable } from "./requirements.ts";
import { type Ran, run } from "./run.ts";

/** Runs the compiled executable to its end, with nothing but this environment. */
export function runExecutable(
  args: readonly string[],
  { env = {}, cwd }: { readonly env?: Record<string, string>; readonly cwd?: string } = {},
): Promise<Ran> {
  return run([executable, ...args], {
    clearEnv: true,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/nonexistent", ...env },
    mayFail: true,
    ...(cwd === undefined ? {} : { cwd }),
  });
}
