import { layersAt } from "../../mount/mount_path.ts";
import { parseMountinfo } from "../../mount/mountinfo.ts";
import type { Status } from "../../observe/status.ts";
import { type Stage, until } from "./stage.ts";
import { changeLines, tomlChanges } from "./toml_changes.ts";

/** The longest that one act may take; it is over much earlier. */
const ACT_MS = 20_000;

/** A trouble. @returns whether the supervisor got over it, as far as time allowed to see */
type Act = (stage: Stage) => Promise<boolean>;

type RuntimeFile = NonNullable<Stage["config"]>;

/**
 * Makes trouble, one after the other, and tells what the supervisor makes of it.
 *
 * @returns whether it got over all of them
 */
export async function chaos(stage: Stage): Promise<boolean> {
  const { config } = stage;
  const ofConfig: readonly Act[] = config === undefined
    ? []
    : [(on) => breakConfig(on, config), (on) => changeConfig(on, config)];
  const acts = [killDaemon, ...ofConfig, hang];
  for (const act of acts) {
    if (isOver(stage)) return true;
    const before = await stage.status();
    // Somebody ended it: there is nobody left to make trouble for.
    if (before === undefined || before.state === "stopping") return true;
    if (!await act(stage)) return isOver(stage);
  }
  return true;
}

function isOver({ world, end }: Stage): boolean {
  return world.clock.now() >= end;
}

function tooLate(stage: Stage, what: string): string {
  return isOver(stage) ? `The time is over (--for); ${what} yet` : `${what} in time`;
}

const killDaemon: Act = async (stage) => {
  const before = await stage.status();
  const pids = stage.killable();
  stage.story.section({
    kind: "chaos",
    text: `Trouble: kill -9 of the daemon (${count(pids.length, "process")})`,
    data: { trouble: "kill", pids },
  });
  for (const pid of pids) stage.kill(pid, "SIGKILL");
  return await tellRemount(stage, before, "signal");
};

async function breakConfig(stage: Stage, config: RuntimeFile): Promise<boolean> {
  const { story } = stage;
  const before = await stage.status();
  const value = config.read();
  story.section({
    kind: "chaos",
    text: 'Trouble: the runtime config changes, with fuse.io_threads "many"',
    data: { trouble: "bad-config" },
  });
  config.write(withThreads(value, "many"));
  let after: Status | undefined;
  const told = await until(stage, ACT_MS, async () => {
    after = await stage.status();
    const problem = after?.config_problem ?? null;
    return problem !== null && problem !== before?.config_problem;
  });
  const ok = told && after?.mounted === true && after.pid === before?.pid;
  story.event({
    kind: "outcome",
    mood: ok ? "good" : "bad",
    text: ok
      ? `Refused, and what runs goes on: ${after?.state}, daemon ${after?.pid}`
      : told
      ? `Refused, but the daemon is not the same: ${before?.pid} before, ${after?.pid} now`
      : tooLate(stage, "it was not refused"),
    data: { trouble: "bad-config", ok },
  });
  config.write(value);
  return ok;
}

async function changeConfig(stage: Stage, config: RuntimeFile): Promise<boolean> {
  const { story } = stage;
  const before = await stage.status();
  const old = stage.plan().config.toml;
  const device = deviceOf(stage, before);
  story.section({
    kind: "chaos",
    text: "Trouble: the runtime config changes, with fuse.io_threads 48",
    data: { trouble: "config" },
  });
  config.write(withThreads(config.read(), "48"));
  const applied = await until(stage, ACT_MS, async () => {
    const status = await stage.status();
    return status !== undefined && status.config_generation > (before?.config_generation ?? 0) &&
      status.state === "mounted" && sum(status.reloads) > sum(before?.reloads ?? {});
  });
  const after = await stage.status();
  // A number of a device alone proves nothing: the kernel gives it out again.
  const kept = deviceOf(stage, after) === device && restartsOf(after) === restartsOf(before) &&
    (after?.reloads["hot"] ?? 0) > (before?.reloads["hot"] ?? 0);
  const lines = tomlChanges(old, stage.plan().config.toml).flatMap(changeLines);
  story.event({
    kind: "outcome",
    mood: applied ? "good" : "bad",
    text: !applied
      ? tooLate(stage, "it was not applied")
      : kept
      ? "Applied by a hot reload: the mount is the same, only its daemon is a new one"
      : "Applied by a restart: the mount is a new one",
    lines,
    data: { trouble: "config", ok: applied, mountKept: kept },
  });
  return applied;
}

const hang: Act = async (stage) => {
  const before = await stage.status();
  const pids = stage.daemons();
  const seconds = stage.settings.hangTimeout / 1000;
  stage.story.section({
    kind: "chaos",
    text: `Trouble: the daemon stops answering (SIGSTOP), and somebody reads ` +
      `(the limit is ${seconds} s here; 300 s unless it is set)`,
    data: { trouble: "hang", pids },
  });
  for (const pid of pids) stage.kill(pid, "SIGSTOP");
  if (before?.target) stage.readMount(before.target);
  const noticed = await until(stage, ACT_MS, async () => (await stage.status())?.ready === false);
  const waiting = (await stage.status())?.requests_waiting;
  if (noticed) {
    const some = typeof waiting === "number" ? `; ${count(waiting, "request")} waiting` : "";
    stage.story.event({ kind: "not-ready", text: `Not ready${some}`, data: { waiting } });
  }
  return await tellRemount(stage, before, "hang");
};

async function tellRemount(
  stage: Stage,
  before: Status | undefined,
  cause: string,
): Promise<boolean> {
  const count = before?.restarts[cause] ?? 0;
  const device = deviceOf(stage, before);
  let after: Status | undefined;
  const back = await until(stage, ACT_MS + stage.settings.hangTimeout, async () => {
    after = await stage.status();
    return after?.ready === true && (after.restarts[cause] ?? 0) > count;
  });
  const took = after?.last_remount_seconds;
  const kept = back && deviceOf(stage, after) === device &&
    (after?.takeovers_total ?? 0) > (before?.takeovers_total ?? 0);
  const who = kept
    ? `Kept: daemon ${after?.pid} has taken the mount over, which was there all along`
    : `Back: daemon ${after?.pid}, which serves the same place`;
  const gap = typeof took === "number" ? `; not served for ${took.toFixed(2)} s` : "";
  stage.story.event({
    kind: "outcome",
    mood: back ? "good" : "bad",
    text: back ? `${who}${gap}` : tooLate(stage, "it did not come back"),
    data: { trouble: cause, ok: back, mountKept: kept, notServedSeconds: took ?? null },
  });
  return back;
}

/** The FUSE mount on top of the target, as `major:minor`. */
function deviceOf({ world }: Stage, status: Status | undefined): string {
  const table = parseMountinfo(world.mounts.table());
  return layersAt(table, status?.target ?? "/nonexistent").at(-1)?.device ?? "none";
}

/** A runtime config with another `fuse.io_threads`, wherever its mode has options. */
function withThreads(value: unknown, threads: string): unknown {
  const config = structuredClone(value) as Record<string, unknown>;
  const part = (name: string): Record<string, unknown> =>
    (config[name] ??= {}) as Record<string, unknown>;
  if ("client" in config) {
    part("client")["options"] = {
      ...part("client")["options"] as Record<string, unknown>,
      "fuse.io_threads": threads,
    };
  } else config["runtimeOptions"] = { ...part("runtimeOptions"), "io-threads": threads };
  return config;
}

function restartsOf(status: Status | undefined): number | undefined {
  return status?.restarts_total;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, one) => total + one, 0);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : what.endsWith("s") ? "es" : "s"}`;
}
