import { loadJson } from "../../plan/fluid/load_json.ts";
import { configSubject, type Generated } from "../../plan/generate/generate_plan.ts";
import type { Inputs } from "../../plan/inputs.ts";
import type { Plan } from "../../plan/plan.ts";
import { detectMode } from "../../plan/detect_mode.ts";
import type { Status } from "../../observe/status.ts";
import { styleFor } from "../../observe/style.ts";
import { askSupervisor } from "../../supervise/control_client.ts";
import { readSettings, type SupervisorSettings } from "../../plan/settings.ts";
import type { World } from "../../ports/world.ts";
import type { Host } from "../../ports/host.ts";
import { processesWith, selfCommand, sendSignal, stateOfProcess } from "../../system/simulation.ts";
import { systemSockets } from "../../system/sockets.ts";
import { supervisorWorld } from "../../system/supervisor_world.ts";
import { stdoutIsTerminal } from "../../system/terminal.ts";
import { type Cast, castOf } from "./cast.ts";
import { containerHost } from "./container_host.ts";
import { readEnvFiles } from "./dotenv.ts";
import { longestStop, perform } from "./perform.ts";
import { envFileText, placeConfig } from "./place_config.ts";
import { servesFuse } from "../../system/child_processes.ts";
import { pretendedMount, withPretendedMount } from "./pretended_mount.ts";
import { simulatedEnvironment, type SimulationPaths, simulationPaths } from "./relocate.ts";
import type { Stage } from "./stage.ts";
import { STAND_IN_VARIABLE } from "./stand_in.ts";
import { type StandInServer, standInWorld } from "./stand_in_world.ts";
import { Story } from "./story.ts";
import { daemonOutput, tellPlan } from "./tell_plan.ts";

/** Marks every process of a simulation's daemon. */
const MARK = "CURVINE_FLUID_SIMULATION";

const USUAL_MS = 3000;
const CHAOS_MS = 90_000;

/** With chaos a hang must not take five minutes. */
const CHAOS_HANG_MS = 3000;

/** What somebody wants to see. */
export interface SimulationWish {
  /** The env files, the weakest first. */
  readonly files: readonly string[];
  /** The words of `run`. */
  readonly operands: readonly string[];
  /** An absolute path without links, below which everything goes. */
  readonly root: string;
  /** Milliseconds; `undefined` where nobody said. */
  readonly limit: number | undefined;
  readonly chaos: boolean;
  readonly json: boolean;
}

/** What `run` does as well: a simulation must not drift from it. */
export interface RunParts {
  readonly version: string;
  inputsOf(host: Host, words: readonly string[]): Inputs;
  generate(
    words: readonly string[],
    host: Host,
    settings: SupervisorSettings,
  ): Generated;
  prepare(plan: Plan, settings: SupervisorSettings, host: Host): void;
  writeConfig(plan: Plan, host: Host): void;
}

/**
 * Shows a whole run below one folder. Of this machine it takes what was named (the env files and
 * what they name, a real `CURVINE_HOME`) and what makes mounts possible; nothing else: neither
 * variables nor the host name, neither files of Fluid's nor ports.
 *
 * @returns the run's exit code; 1 where it did not get over a trouble
 * @throws {ConfigError} or {CommandError} as `run` does
 */
export async function simulate(wish: SimulationWish, parts: RunParts, host: Host): Promise<number> {
  const { root, operands } = wish;
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
    const fileEnv = readEnvFiles(wish.files.map((file) => envFileText(file, host)), host.env);
    const configFile = placeConfig(fileEnv, wish.files, paths, host);
    const container = (actors?: Cast): Host => {
      const env = {
        ...simulatedEnvironment(fileEnv, paths, actors?.home, configFile),
        ...actors?.env,
        [MARK]: root,
      };
      return containerHost(host, { root, home: actors?.home, env });
    };
    const { component } = detectMode(parts.inputsOf(container(), operands));
    const mounts = component === "client" || component === "fuse";
    const actors = castOf(mounts, fileEnv, paths, world, host);
    const simulated = container(actors);
    const { run, config, data, temporary, home } = paths;
    for (const folder of [run, config, data, temporary, home, simulated.env["HOME"] ?? root]) {
      host.makeFolder(folder);
    }
    host.writeFile(`${data}/README`, "What a stand-in's mount shows.\n", 0o644);
    const settings = settingsFor(simulated.env, wish.chaos);
    const generated = parts.generate(operands, simulated, settings);
    const target = generated.plan.mount?.target;
    if (target !== undefined) short.unshift([target, "TARGET"]);
    story.section({
      kind: "begin",
      text: `curvine-fluid ${parts.version} simulates ${wish.files.join(", ")}`,
      lines: [
        `ROOT is ${root}; nothing is written elsewhere`,
        ...(target === undefined ? [] : [`TARGET is ${target.replace(root, "ROOT")}`]),
        `Curvine is ${actors.who}`,
        ...(target === undefined ? [] : [`Mounts are ${actors.how}`]),
        ...(fileEnv["CURVINE_FLUID_HTTP_ADDR"]
          ? ["CURVINE_FLUID_HTTP_ADDR is left out: the ports of this machine are not used"]
          : []),
      ],
      data: {
        version: parts.version,
        root,
        target: target ?? null,
        real: actors.home !== undefined,
        mount: actors.mount,
      },
      exact: true,
    });
    tellPlan(generated, story, parts.inputsOf(simulated, []));
    parts.prepare(generated.plan, settings, simulated);
    const scene = { wish, parts, story, world, paths, actors, simulated, settings, host };
    return await stageRun(generated, scene);
  } finally {
    await world.close();
  }
}

interface Scene {
  readonly wish: SimulationWish;
  readonly parts: RunParts;
  readonly story: Story;
  readonly world: World;
  readonly paths: SimulationPaths;
  readonly actors: Cast;
  readonly simulated: Host;
  readonly settings: SupervisorSettings;
  readonly host: Host;
}

async function stageRun(generated: Generated, scene: Scene): Promise<number> {
  const { wish, parts, story, paths, actors, simulated, settings, host } = scene;
  const { chaos, limit, operands } = wish;
  const { env } = simulated;
  const note = actors.env[STAND_IN_VARIABLE] ?? "";
  const daemons = (): number[] => processesWith(`${MARK}=${wish.root}`);
  const pretended = (): StandInServer | undefined => pretendedMount(scene.world, note);
  const serving = (): StandInServer | undefined => {
    const pid = daemons().find(servesFuse);
    return pid === undefined ? undefined : { pid, id: pid };
  };
  const own = actors.home === undefined
    ? standInWorld(scene.world, {
      current: actors.mount === "pretended" ? pretended : serving,
      beside: actors.mount !== "pretended",
      end(server: StandInServer): void {
        // Where a mount is only pretended there is nothing to end but the stand-in itself.
        if (actors.mount === "bindfs") sendSignal(server.pid, "SIGKILL");
      },
    })
    : scene.world;
  const world = actors.mount === "pretended" ? withPretendedMount(own, note, stateOfProcess) : own;
  const client = { sockets: systemSockets, folders: [paths.run], deadline: 1000 };
  const plan = (): Plan => parts.generate(operands, simulated, settings).plan;
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
    daemons,
    // Beside a stand-in, bindfs is what the kernel's connection is to a real daemon.
    killable: () =>
      actors.mount === "bindfs" ? daemons().filter((pid) => !servesFuse(pid)) : daemons(),
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
  return await perform({
    generated,
    stage,
    signals: host.signals,
    chaos,
    // With chaos the run of a supervisor is over when that is.
    lookOn: chaos && generated.plan.process.policy === "supervise" ? 0 : limit ?? USUAL_MS,
    limit: limit ?? CHAOS_MS,
    options: {
      version: parts.version,
      source: {
        ...(file === undefined ? {} : { file: { path: file, text: generated.text } }),
        generate: plan,
        write: (changed) => parts.writeConfig(changed, simulated),
      },
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
