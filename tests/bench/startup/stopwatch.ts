/** What `stopwatch.c` tells of a run. */
export interface Timing {
  readonly ms: number;
  /** The peak of resident memory until then, in MiB. */
  readonly peak: number;
}

/**
 * Runs a command cold: with an empty TMPDIR, as every container begins.
 *
 * @param root where `installSubjects` has put the stopwatch
 * @throws {Error} when it printed no time
 */
export async function stopwatch(
  root: string,
  until: "end" | "daemon" | "caught",
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Timing> {
  const cold = Deno.makeTempDirSync({ prefix: "curvine-fluid-cold-" });
  const { stdout } = await new Deno.Command(`${root}/stopwatch`, {
    args: [until, ...argv],
    env: { PATH: "/usr/bin:/bin", TMPDIR: cold, STOPWATCH: `${root}/began`, ...env },
    clearEnv: true,
    stdin: "null",
    stderr: "null",
  }).output();
  Deno.removeSync(cold, { recursive: true });
  const printed = new TextDecoder().decode(stdout);
  const [, ns, kib] = /(\d+) (-?\d+)\n$/.exec(printed) ?? [];
  if (ns === undefined) throw new Error(`Cannot time "${argv.join(" ")}": it said ${printed}`);
  return { ms: Number(ns) / 1e6, peak: Number(kib) / 1024 };
}
