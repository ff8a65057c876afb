import type { Invocation } from "../cli/command.ts";
import { usageError } from "../cli/parse_arguments.ts";
import { VERSION } from "../cli/version.ts";
import { loadJson } from "../plan/fluid/load_json.ts";
import { configSubject, type Generated } from "../plan/generate/generate_plan.ts";
import type { Plan } from "../plan/plan.ts";
import { detectMode } from "../plan/detect_mode.ts";
import type { Status } from "../observe/status.ts";
import { styleFor } from "../observe/style.ts";
import { readEnvFiles } from "../tools/simulate/dotenv.ts";
import { withPretendedMount } from "../tools/simulate/pretended_mount.ts";
import {
  simulatedEnvironment,
  type SimulationPaths,
  simulationPaths,
} from "../tools/simulate/relocate.ts";
import { longestStop, simulate } from "../tools/simulate/simulate.ts";
import type { Stage } from "../tools/simulate/stage.ts";
import { Story } from "../tools/simulate/story.ts";
import { askSupervisor } from "../supervise/control_client.ts";
import { parseDuration } from "../text/duration.ts";
import { readSettings, type SupervisorSettings } from "../plan/settings.ts";
import type { World } from "../ports/world.ts";
import type { Host } from "../ports/host.ts";
import {
  makeSimulationFolder,
  processesWith,
  realFolder,
  removeSimulationFolder,
  selfCommand,
  sendSignal,
  stateOfProcess,
} from "../system/simulation.ts";
import { systemSockets } from "../system/sockets.ts";
import { supervisorWorld } from "../system/supervisor_world.ts";
import { stdoutIsTerminal } from "../system/terminal.ts";
import { generateFor } from "./generate_for.ts";
import { inputsOf } from "./inputs_of.ts";
import { prepare, writeConfig } from "./prepare.ts";
import { type Cast, castOf } from "./simulation_cast.ts";
import { placeConfig, simulatedHost, textOf } from "./simulation_files.ts";
import { daemonOutput, tellPlan } from "./simulation_story.ts";
import { STAND_IN_VARIABLE } from "./stand_in.ts";

/** Marks every process of a simulation's daemon. */
const MARK = "CURVINE_FLUID_SIMULATION";

const USUAL_MS = 3000;
const CHAOS_MS = 90_000;

/** With chaos a hang must not take five minutes. */
const CHAOS_HANG_MS = 3000;

/** A socket's path has to be shorter than 108 bytes. */
const MOST_ROOT_BYTES = 80;

/** Shows a whole run on this machine. */
export async function command({ operands, flags }: Invocation, host: Host): Promise<number> {
  const files = flags.get("env-file") ?? [];
  if (files.length === 0) {
    throw usageError("simulate", ["an --env-file is wanted, such as manifests/local/thin.env"]);
  }
  const limit = durationOf(flags.get("for")?.[0]);
  const given = flags.get("root")?.[0];
  const root = given === undefined ? makeSimulationFolder() : realFolder(given);
  if (new TextEncoder().encode(root).length > MOST_ROOT_BYTES) {
    throw usageError("simulate", [
      `--root is "${root}"; a shorter path is wanted, for sockets take at most 107 bytes`,
    ]);
  }
  try {
    return await run({
      files,
      operands,
      root,
      limit,
      chaos: flags.has("chaos"),
      json: flags.has("json"),
      host,
    });
  } finally {
    if (given === undefined && !removeSimulationFolder(root)) {
      host.stderr(`curvine-fluid: ${root} is left: something is mounted below it\n`);
    }
  }
}

interface Wish {
  readonly files: readonly string[];
  readonly operands: readonly string[];
  readonly root: string;
  /** Milliseconds; `undefined` where nobody said. */
  readonly limit: number | undefined;
  readonly chaos: boolean;
  readonly json: boolean;
  readonly host: Host;
}

async function run(wish: Wish): Promise<number> {
  const { root, host, operands } = wish;
  const paths = simulationPaths(root);
  const short: [string, string][] = [[root, "ROOT"]];
  const story = new Story({
    json: wish.json,
    short,
    style: styleFor(stdoutIsTerminal(), host.env),
    now: () => performance.now(),
    write: (text) => host.stdout(text),
  });
  const world = supervisorWorld(selfCommand(), {
    stdout: daemonOutput(story),
    stderr: daemonOutput(story),
  });
  try {
    const fileEnv = readEnvFiles(wish.files.map((file) => textOf(file, host)), host.env);
    const configFile = placeConfig(fileEnv, wish.files, paths, host);
    const { component } = detectMode(inputsOf({ ...host, env: fileEnv }, operands));
    const mounts = component === "client" || component === "fuse";
    const actors = castOf(mounts, fileEnv, paths, world, host);
    const env: Record<string, string> = {
      PATH: host.env["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: host.env["HOME"] ?? "/",
      ...simulatedEnvironment(fileEnv, paths, actors.home, configFile),
      ...actors.env,
      [MARK]: root,
    };
    for (const folder of [paths.run, paths.config, paths.data, paths.temporary, paths.home]) {
      host.makeFolder(folder);
    }
    host.writeFile(`${paths.data}/README`, "What a stand-in's mount shows.\n", 0o644);
    const simulated = simulatedHost(host, env);
    const generated = await generateFor("simulate", operands, simulated);
    const target = generated.plan.mount?.target;
    if (target !== undefined) short.unshift([target, "TARGET"]);
    story.section({
      kind: "begin",
      text: `curvine-fluid ${VERSION} simulates ${wish.files.join(", ")}`,
      lines: [
        `ROOT is ${root}; nothing is written elsewhere`,
        ...(target === undefined ? [] : [`TARGET is ${target.replace(root, "ROOT")}`]),
        `Curvine is ${actors.who}`,
        ...(target === undefined ? [] : [`Mounts are ${actors.how}`]),
      ],
      data: {
        version: VERSION,
        root,
        target: target ?? null,
        real: actors.home !== undefined,
        mount: actors.mount,
      },
      exact: true,
    });
    await tellPlan(generated, story, simulated);
    prepare(generated.plan, simulated);
    return await perform(generated, { wish, story, world, env, paths, actors, simulated });
  } finally {
    await world.close();
  }
}

interface Scene {
  readonly wish: Wish;
  readonly story: Story;
  readonly world: World;
  readonly env: Readonly<Record<string, string>>;
  readonly paths: SimulationPaths;
  readonly actors: Cast;
  readonly simulated: Host;
}

async function perform(generated: Generated, scene: Scene): Promise<number> {
  const { wish, story, env, paths, actors, simulated } = scene;
  const { chaos, limit, operands, host } = wish;
  const settings = settingsFor(env, chaos);
  const world = actors.mount === "pretended"
    ? withPretendedMount(scene.world, actors.env[STAND_IN_VARIABLE] ?? "", stateOfProcess)
    : scene.world;
  const client = { sockets: systemSockets, folders: [paths.run], deadline: 1000 };
  const plan = async (): Promise<Plan> => (await generateFor("simulate", operands, simulated)).plan;
  const file = generated.configPath;
  const stage: Stage = {
    story,
    world,
    settings,
    env,
    async status(): Promise<Status | undefined> {
      const answer = await askSupervisor("GET", "/status", client);
      return answer?.status === 200 ? JSON.parse(answer.body) as Status : undefined;
    },
    async stop(): Promise<void> {
      const deadline = longestStop(settings.stopTimeout);
      await askSupervisor("POST", "/stop?wait=true", { ...client, deadline });
    },
    daemons: () => processesWith(`${MARK}=${wish.root}`),
    kill: sendSignal,
    plan,
    config: generated.source === undefined || file === undefined ? undefined : {
      read: () => loadJson(host.readFile(file) ?? new Uint8Array(), configSubject(file)).value,
      write: (value) => host.writeFile(file, JSON.stringify(value), 0o644),
    },
    readMount(target: string): void {
      if (actors.mount !== "bindfs" && actors.home === undefined) return;
      const argv = [...selfCommand(), "probe", target];
      void scene.world.processes.run({ argv, env: {}, cwd: "/" }, 60_000);
    },
    end: Infinity,
  };
  return await simulate({
    generated,
    stage,
    signals: host.signals,
    chaos,
    // With chaos the run of a supervisor is over when that is.
    lookOn: chaos && generated.plan.process.policy === "supervise" ? 0 : limit ?? USUAL_MS,
    limit: limit ?? CHAOS_MS,
    options: {
      version: VERSION,
      writeConfig: (changed) => writeConfig(changed, simulated),
      regenerate: plan,
      ...(file === undefined ? {} : { watchedFile: file }),
    },
  });
}

function settingsFor(env: Readonly<Record<string, string>>, chaos: boolean): SupervisorSettings {
  const settings = readSettings(env);
  if (!chaos) return settings;
  return {
    ...settings,
    hangTimeout: Math.min(settings.hangTimeout, CHAOS_HANG_MS),
    probeInterval: Math.min(settings.probeInterval, 500),
    probeTimeout: Math.min(settings.probeTimeout, 1000),
  };
}

function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const duration = parseDuration(text);
  if (duration !== undefined && duration > 0) return duration;
  throw usageError("simulate", [`"--for" is "${text}"; a time such as 10s is wanted`]);
}
