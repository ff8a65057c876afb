import { ExitCode } from "../../ports/exit_code.ts";
import type { Generated } from "../../plan/generate/generate_plan.ts";
import type { Plan } from "../../plan/plan.ts";
import { parseMountinfo } from "../../mount/mountinfo.ts";
import { supervise } from "../../supervise/supervisor.ts";
import type { SuperviseOptions } from "../../supervise/supervisor.ts";
import type { World } from "../../ports/world.ts";
import type { Signals } from "../../ports/signals.ts";
import { chaos } from "./chaos.ts";
import { type Stage, until } from "./stage.ts";

/** How long a stop may take beyond its budget before the simulation stops waiting. */
const SLACK_MS = 3000;

/** Of a message of many lines, such as the stacks of a daemon's threads. */
const MOST_LINES = 2;

/** What a simulation of a plan needs. */
export interface SimulationParts {
  readonly generated: Generated;
  readonly stage: Stage;
  readonly signals: Signals;
  readonly chaos: boolean;
  /** How long to look on once it runs, in milliseconds. */
  readonly lookOn: number;
  /** After which everything ends, chaos or not, in milliseconds. */
  readonly limit: number;
  /** For the supervisor. */
  readonly options: Omit<SuperviseOptions, "world" | "signals" | "settings" | "env">;
}

/** @returns what the run exited with; 1 where it did not get over a trouble */
export async function perform(parts: SimulationParts): Promise<number> {
  const { generated: { plan } } = parts;
  const code = plan.process.policy === "supervise"
    ? await supervised(plan, parts)
    : await executed(plan, parts);
  const { stage } = parts;
  const left = stage.daemons();
  const table = parseMountinfo(stage.world.mounts.table());
  const mounted = plan.mount !== null && table.some(({ path }) => path === plan.mount?.target);
  stage.story.section({
    kind: "end",
    text: `The end: run exited with ${code}; ${
      left.length === 0 ? "no process of the daemon is left" : `processes are left: ${left}`
    }${plan.mount === null ? "" : mounted ? "; the mount is left" : ", and no mount"}`,
    data: { exitCode: code, left, mounted },
  });
  return code;
}

async function supervised(plan: Plan, parts: SimulationParts): Promise<number> {
  const { stage, signals, options } = parts;
  const { story, world, settings, env } = stage;
  story.section({ kind: "run", text: "What happens" });
  let over = false;
  const run = supervise(plan, { ...options, world: narrated(world, parts), signals, settings, env })
    .finally(() => over = true);
  await until(stage, settings.startTimeout, async () => {
    return over || (await stage.status())?.state === "mounted";
  });
  const begun = world.clock.now();
  stage.end = begun + parts.limit;
  const survived = over || !parts.chaos || await chaos(stage);
  await until(stage, begun + parts.lookOn - world.clock.now(), () => over);
  if (!over) {
    story.section({ kind: "stopping", text: "The container is told to stop" });
    await stage.stop();
  }
  const code = await run;
  return code === ExitCode.Done && !survived ? ExitCode.No : code;
}

/** What a server's `run` does: it becomes the server. Here it is a child, so that we can look. */
async function executed(plan: Plan, parts: SimulationParts): Promise<number> {
  const { stage, signals } = parts;
  const { story, world } = stage;
  story.section({
    kind: "run",
    text: "What happens (run becomes this process; here it is a child, to be looked at)",
  });
  let code = 0;
  let asked = false;
  signals.takeOver(() => asked = true);
  for (const life of parts.chaos ? [1, 2] : [1]) {
    const env = environmentOf(plan, stage.env);
    const { argv, cwd } = plan.process;
    const child = world.processes.spawn({ argv, cwd, env }, () => {});
    let ended = false;
    void child.exited.then(() => ended = true);
    story.event({
      kind: "started",
      text: `Started, process ${child.pid}`,
      data: { pid: child.pid },
    });
    await until(stage, parts.lookOn / (parts.chaos ? 2 : 1), () => ended || asked);
    if (!ended && parts.chaos && life === 1 && !asked) {
      story.section({ kind: "chaos", text: "Trouble: kill -9", data: { trouble: "kill" } });
      stage.kill(child.pid, "SIGKILL");
    } else if (!ended) {
      story.section({ kind: "stopping", text: "The container is told to stop (SIGTERM)" });
      child.signal("SIGTERM");
      // The simulation's own end is no reason to be less patient than a container runtime.
      await until({ world, end: Infinity }, stage.settings.stopTimeout, () => ended);
      if (!ended) child.signal("SIGKILL");
    }
    const status = await child.exited;
    code = status.signal === undefined ? status.code : 128 + (status.signal === "SIGKILL" ? 9 : 15);
    story.event({
      kind: "exited",
      text: parts.chaos && life === 1 && code !== 0
        ? `Exited with ${code}: the container ends, and Kubernetes starts it again`
        : `Exited with ${code}`,
      data: { exitCode: code },
    });
    if (asked || code === 0) break;
  }
  return code;
}

function environmentOf(plan: Plan, env: Readonly<Record<string, string>>): Record<string, string> {
  const whole: Record<string, string> = { ...env };
  for (const [name, value] of Object.entries(plan.process.env)) {
    if (value === null) delete whole[name];
    else whole[name] = value;
  }
  return whole;
}

/** The supervisor's own log lines become the story. */
function narrated(world: World, { stage: { story } }: SimulationParts): World {
  return {
    ...world,
    output: {
      ...world.output,
      line(text: string): void {
        const line = parseLine(text);
        if (line === undefined) return story.event({ kind: "log", text });
        const { level, event, message, time: _, ...fields } = line;
        const shown = Object.entries(fields)
          .filter(([name]) => name === "pid" || name === "cause" || name === "generation")
          .map(([name, value]) => `${name} ${value}`);
        const mark = level === "warn" || level === "error" ? `${level}: ` : "";
        const more = shown.length === 0 ? "" : ` (${shown.join(", ")})`;
        const [first = "", ...rest] = message.split("\n");
        const hidden = rest.length - MOST_LINES;
        const lines = hidden > 0 ? [...rest.slice(0, MOST_LINES), `… and ${hidden} more`] : rest;
        story.event({
          kind: "log",
          text: `${mark}${first}${more}`,
          ...(lines.length === 0 ? {} : { lines }),
          ...(level === "error" ? { mood: "bad" } : level === "warn" ? { mood: "doubtful" } : {}),
          data: { level, event, ...fields },
        });
      },
    },
  };
}

interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly message: string;
  readonly [field: string]: string;
}

function parseLine(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}

/** The longest that a simulation of these settings may take to end. */
export function longestStop(stopTimeout: number): number {
  return Math.min(stopTimeout, 60_000) + SLACK_MS;
}
