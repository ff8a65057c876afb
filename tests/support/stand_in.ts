import { compiledProgram } from "./compiled_program.ts";
import { run } from "./run.ts";

/** One line of the stand-in's `starts`. */
export interface DaemonStart {
  count: number;
  /** Its id in its own PID namespace. */
  inner: number;
  atMs: number;
  /** CURVINE_FUSE_STATE_PATH: set for a successor of a hot reload. */
  state: string;
  arguments: string;
}

/** Installs the stand-in for curvine-fuse.
 * @param lib `$CURVINE_HOME/lib`
 * @param source the folder that its mounts show
 * @param plan one line for each start; see tests/support/standin/curvine-fuse
 */
export async function installStandIn(lib: string, source: string, plan: string[]): Promise<void> {
  const from = new URL("./standin/", import.meta.url).pathname;
  Deno.mkdirSync(`${lib}/standin`, { recursive: true });
  Deno.copyFileSync(`${from}curvine-fuse`, `${lib}/curvine-fuse`);
  Deno.chmodSync(`${lib}/curvine-fuse`, 0o755);
  Deno.copyFileSync(`${from}orphans.py`, `${lib}/standin/orphans.py`);
  Deno.copyFileSync(await compiledProgram("standin/raw_fuse"), `${lib}/standin/raw_fuse`);
  Deno.symlinkSync(source, `${lib}/standin/source`);
  Deno.symlinkSync(await realPython(), `${lib}/standin/python`);
  if (plan.length > 0) Deno.writeTextFileSync(`${lib}/standin/plan`, `${plan.join("\n")}\n`);
}

let python: string | undefined;

/** Python itself: a version manager's shim in front of it costs a tenth of a second a start. */
async function realPython(): Promise<string> {
  python ??= (await run(["python3", "-c", "import sys; print(sys.executable, end='')"])).stdout;
  return python;
}

/** The stand-in's `starts`, parsed. */
export function parseStarts(text: string): DaemonStart[] {
  // A target's name may hold newlines; what follows one of them is no start.
  return text.split("\n").filter((line) => /^\d+ \d+ \d+ state=/.test(line)).map((line) => {
    const [count, inner, nanos, state = "", ...rest] = line.split(" ");
    return {
      count: Number(count),
      inner: Number(inner),
      atMs: Number(nanos) / 1e6,
      state: state.slice("state=".length),
      arguments: rest.join(" "),
    };
  });
}
