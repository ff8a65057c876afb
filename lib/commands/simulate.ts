import { CommandError } from "../cli/command_error.ts";
import type { Invocation } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { usageError } from "../cli/parse_arguments.ts";
import { VERSION } from "../cli/version.ts";
import { curvinePaths } from "../curvine/paths.ts";
import { loadJson } from "../fluid/load_json.ts";
import { SECRETS_FOLDER } from "../fluid/redact.ts";
import { readBase } from "../generate/base_config.ts";
import { configSubject, type Generated } from "../generate/generate_plan.ts";
import type { Plan } from "../generate/plan.ts";
import { detectMode } from "../mode/detect_mode.ts";
import { redactPlan } from "../generate/redact_plan.ts";
import type { Status } from "../observe/status.ts";
import { styleFor } from "../observe/style.ts";
import { readEnvFiles } from "../simulate/dotenv.ts";
import { withPretendedMount } from "../simulate/pretended_mount.ts";
import {
  simulatedConfig,
  simulatedEnvironment,
  type SimulationPaths,
  simulationPaths,
} from "../simulate/relocate.ts";
import { longestStop, simulate } from "../simulate/simulate.ts";
import type { Stage } from "../simulate/stage.ts";
import { Story } from "../simulate/story.ts";
import { changeLines, tomlChanges } from "../simulate/toml_changes.ts";
import { askSupervisor } from "../supervise/control_client.ts";
import { parseDuration } from "../supervise/duration.ts";
import { readSettings, type SupervisorSettings } from "../supervise/settings.ts";
import type { World } from "../supervise/world.ts";
import type { Host } from "../system/host.ts";
import {
  installStandIn,
  isInPath,
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
import { STAND_IN_SHOWS, STAND_IN_VARIABLE } from "./stand_in.ts";

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

/** Who plays Curvine, and how it mounts. */
interface Cast {
  /** The real `CURVINE_HOME`; `undefined` for stand-ins. */
  readonly home: string | undefined;
  readonly mount: "real" | "bindfs" | "pretended";
  readonly env: Readonly<Record<string, string>>;
  /** Both in words, for people. */
  readonly who: string;
  readonly how: string;
}

function castOf(
  mounts: boolean,
  fileEnv: Readonly<Record<string, string>>,
  paths: SimulationPaths,
  world: World,
  host: Host,
): Cast {
  const wanted = fileEnv["CURVINE_HOME"] || host.env["CURVINE_HOME"] || "";
  const { fuse, server } = curvinePaths({ CURVINE_HOME: wanted || "/nonexistent" });
  const isReal = wanted !== "" && [fuse, server].some((path) => host.kindOf(path) === "file");
  const canMount = world.mounts.mayMount() && host.kindOf("/dev/fuse") === "other";
  if (isReal && (canMount || !mounts)) {
    return {
      home: wanted,
      mount: "real",
      env: {},
      who: `the one in ${wanted}`,
      how: "Curvine's own",
    };
  }
  for (const program of ["curvine-fuse", "curvine-server"]) {
    installStandIn(`${paths.home}/lib/${program}`);
  }
  const why = isReal
    ? `the Curvine in ${wanted} can mount nothing here`
    : wanted === ""
    ? "CURVINE_HOME is not set"
    : `there is no Curvine in ${wanted}`;
  const who = `a stand-in: ${why}`;
  if (canMount && isInPath("bindfs", host.env["PATH"] ?? "")) {
    return {
      home: undefined,
      mount: "bindfs",
      env: { [STAND_IN_VARIABLE]: "bindfs", [STAND_IN_SHOWS]: paths.data },
      who,
      how: "real FUSE mounts, by bindfs",
    };
  }
  const lacking = !world.mounts.mayMount()
    ? "this user may not mount"
    : host.kindOf("/dev/fuse") !== "other"
    ? "there is no /dev/fuse"
    : "there is no bindfs";
  return {
    home: undefined,
    mount: "pretended",
    env: { [STAND_IN_VARIABLE]: `${paths.run}/pretended-mount` },
    who,
    how: `pretended: ${lacking}`,
  };
}

/** Copies the runtime config that the environment names. @returns its name below the root */
function placeConfig(
  env: Readonly<Record<string, string>>,
  files: readonly string[],
  paths: SimulationPaths,
  host: Host,
): string | undefined {
  const named = env["FLUID_RUNTIME_CONFIG_PATH"];
  if (!named) return undefined;
  // A relative path is meant from the file that names it; the last one is the strongest.
  const folders = files.toReversed().map((file) => file.slice(0, file.lastIndexOf("/") + 1));
  const candidates = named.startsWith("/") ? [named] : folders.map((folder) => folder + named);
  const path = candidates.find((candidate) => host.kindOf(candidate) === "file");
  if (path === undefined) return undefined;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const { value } = loadJson(host.readFile(path) ?? new Uint8Array(), configSubject(path));
  const text = JSON.stringify(simulatedConfig(value, paths.root));
  host.writeFile(`${paths.config}/${name}`, text, 0o644);
  return name;
}

function textOf(file: string, host: Host): string {
  const bytes = host.readFile(file);
  if (bytes === undefined) {
    throw new CommandError(
      `Cannot read the env file ${JSON.stringify(file)}: there is no such file`,
      ExitCode.NoInput,
    );
  }
  return new TextDecoder().decode(bytes);
}

/** The host as the simulated start sees it: no other environment, and no secret is missing. */
function simulatedHost(host: Host, env: Readonly<Record<string, string>>): Host {
  return {
    ...host,
    env,
    hostname: () => env["HOSTNAME"] || host.hostname(),
    readFile(path: string): Uint8Array | undefined {
      const bytes = host.readFile(path);
      return bytes === undefined && path.startsWith(SECRETS_FOLDER)
        ? new TextEncoder().encode("simulated")
        : bytes;
    },
  };
}

async function tellPlan(
  { plan, secretPaths }: Generated,
  story: Story,
  host: Host,
): Promise<void> {
  story.section({
    kind: "mode",
    text: "Mode",
    lines: plan.reasons,
    data: { mode: plan.mode, component: plan.component },
  });
  for (const { code, message } of plan.warnings) {
    story.section({ kind: "warning", text: `Warning (${code})`, lines: [message], data: { code } });
  }
  const base = await readBase(curvinePaths(host.env), inputsOf(host, []));
  const shown = redactPlan(plan, secretPaths);
  const changes = tomlChanges(base.toml, shown.config.toml);
  story.section({
    kind: "config",
    text: `Configuration ${plan.config.path}, against ${
      base.path === undefined ? "no base" : `the base ${base.path}`
    }`,
    lines: changes.flatMap(changeLines),
    data: { path: plan.config.path, base: base.path ?? null, changes },
  });
  const { argv, policy } = plan.process;
  story.section({
    kind: "process",
    text: policy === "supervise"
      ? "Process, started and kept alive"
      : "Process, which takes our place (exec)",
    lines: [argv.join(" ")],
    data: { argv, policy },
  });
}

/** What the daemon prints, line by line. */
function daemonOutput(story: Story): { write(bytes: Uint8Array): Promise<number> } {
  const decoder = new TextDecoder();
  let rest = "";
  return {
    write(bytes: Uint8Array): Promise<number> {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        story.event({ kind: "daemon", text: `daemon: ${line}`, data: { line } });
      }
      return Promise.resolve(bytes.length);
    },
  };
}

function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const duration = parseDuration(text);
  if (duration !== undefined && duration > 0) return duration;
  throw usageError("simulate", [`"--for" is "${text}"; a time such as 10s is wanted`]);
}
