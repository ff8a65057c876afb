import type { Status } from "../../lib/observe/status.ts";
import { eventually } from "../support/eventually.ts";
import { type Ran, run } from "../support/run.ts";
import { executable } from "../support/requirements.ts";

/** Where the real programs are, `undefined` where they are not. */
export const HOME: string | undefined = Deno.env.get("CURVINE_HOME");

const PROGRAMS = ["curvine-server", "curvine-fuse", "curvine-cli"];

let said = false;

/**
 * For `Deno.test({ ignore: missingCurvine() })`: whether the real Curvine, root or the executable
 * is missing. It says so loudly, once, and passes by: only who has Curvine can run these tests.
 */
export function missingCurvine(): boolean {
  const lacking = [
    ...PROGRAMS.map((name) => `${HOME}/lib/${name}`),
    executable,
    "/dev/fuse",
  ].filter((path) => !isFile(path));
  if (HOME === undefined) lacking.unshift("CURVINE_HOME");
  if (Deno.uid() !== 0) lacking.push("root");
  if (lacking.length > 0 && !said) {
    const text = "\n!!! SKIPPING EVERY TEST WITH THE REAL CURVINE !!!\n" +
      `Missing: ${lacking.join(", ")}\n` +
      "CURVINE_HOME=DIR deno task test:real runs them; DIR/lib has curvine-server, " +
      "curvine-fuse and curvine-cli.\n\n";
    Deno.stderr.writeSync(new TextEncoder().encode(text));
    said = true;
  }
  return lacking.length > 0;
}

function isFile(path: string): boolean {
  try {
    return !Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** What runs in a container. */
export type Role = "master" | "worker" | "client" | "thin";

/** What is to be set up. */
export interface ClusterPlan {
  readonly masters?: number;
  readonly mounts?: readonly Readonly<Record<string, unknown>>[];
  readonly accessModes?: readonly string[];
  /** More options for a component, by Curvine's names. */
  readonly options?: Readonly<Partial<Record<"master" | "worker" | "client", object>>>;
}

/** A process that was started, and what it printed. */
export interface Container {
  readonly log: string;
  readonly ended: Promise<number>;
  /** Sends a signal to its PID 1. */
  signal(signal: Deno.Signal): void;
  /** Runs a command among its processes. */
  inside(argv: readonly string[]): Promise<Ran>;
}

/**
 * A Curvine of its own on loopback, each part started by the executable as Fluid's containers start
 * it: with a runtime config, the variables of the pod and the names that the headless services
 * give. They share a mount namespace that stands for the node: `/etc/hosts` is theirs, and what a
 * client mounts is seen in it.
 */
export class RealCluster implements AsyncDisposable {
  readonly dir = Deno.makeTempDirSync({ prefix: "curvine-real-" });
  readonly ports = freePorts(["rpc", "raft", "web", "worker", "workerWeb", "fuseWeb", "thinWeb"]);
  readonly masters: number;
  readonly #containers: { role: Role; child: Deno.ChildProcess }[] = [];
  #node: Deno.ChildProcess | undefined;

  constructor(plan: ClusterPlan = {}) {
    this.masters = plan.masters ?? 1;
    for (const folder of ["home", "node", "cache", "logs"]) Deno.mkdirSync(`${this.dir}/${folder}`);
    for (const name of ["lib", "webui"]) {
      Deno.symlinkSync(`${HOME}/${name}`, `${this.dir}/home/${name}`);
    }
    Deno.writeTextFileSync(
      `${this.dir}/hosts`,
      [
        "127.0.0.1 localhost",
        `127.0.0.1 ${Deno.hostname()}`,
        ...this.#ordinals().map((one) => `${this.address(one)} ${this.masterName(one)}`),
        "127.0.0.1 lake-worker-0.svc-lake-worker.ai.svc.cluster.local",
      ].join("\n") + "\n",
    );
    this.configure(plan);
  }

  /** Starts the node and what it is to run, and waits for a master that serves and a worker. */
  static async start(plan: ClusterPlan = {}): Promise<RealCluster> {
    const cluster = new RealCluster(plan);
    try {
      await cluster.#startNode();
      for (const ordinal of cluster.#ordinals()) cluster.start("master", ordinal);
      cluster.start("worker");
      await cluster.ready();
      return cluster;
    } catch (error) {
      const logs = cluster.logs();
      await cluster[Symbol.asyncDispose]();
      throw new Error(`The cluster does not start: ${error}\n${logs}`);
    }
  }

  /** Writes the runtime config, as Fluid does when a Dataset changes. */
  configure({ mounts = [], accessModes = ["ReadWriteMany"], options = {} }: ClusterPlan): void {
    const { rpc, raft, web, worker, workerWeb, fuseWeb } = this.ports;
    const component = (name: string, service: string, own: object, more = {}): object => ({
      enabled: true,
      name: `lake-${name}`,
      service: { name: service },
      options: own,
      ...more,
    });
    const path = `${this.dir}/runtime.json`;
    Deno.writeTextFileSync(
      `${path}.new`,
      JSON.stringify({
        mounts,
        accessModes,
        targetPath: this.target,
        master: component("master", "svc-lake-master", {
          rpc_port: String(rpc),
          journal_port: String(raft),
          web_port: String(web),
          "journal.raft_tick_interval_ms": "100",
          ...options.master,
        }, { replicas: this.masters }),
        worker: component("worker", "svc-lake-worker", {
          rpc_port: String(worker),
          web_port: String(workerWeb),
          ...options.worker,
        }, {
          replicas: 1,
          tieredStoreLevels: [{
            mountPaths: [`${this.dir}/cache`],
            mediumType: "HDD",
            quotas: ["1Gi"],
          }],
        }),
        client: component("client", "", {
          // Its pipes are larger than what a container may have. Curvine: Limits of the process.
          "fuse.enable_splice": "false",
          "fuse.web_port": String(fuseWeb),
          ...options.client,
        }),
      }),
    );
    Deno.renameSync(`${path}.new`, path);
  }

  /** Writes the file of a ThinRuntime that mounts a path of this Curvine. */
  configureThin(path: string): void {
    const endpoints = this.#ordinals().map((one) => `${this.address(one)}:${this.ports.rpc}`);
    Deno.writeTextFileSync(
      `${this.dir}/thin.json`,
      JSON.stringify({
        mounts: [{
          mountPoint: `curvine://${path}`,
          name: "thin",
          options: { "master-endpoints": endpoints.join(",") },
        }],
        targetPath: this.thinTarget,
        runtimeOptions: { "enable-splice": "false", "web-port": String(this.ports.thinWeb) },
        accessModes: ["ReadWriteMany"],
      }),
    );
  }

  get target(): string {
    return `${this.dir}/node/cache-fuse`;
  }

  get thinTarget(): string {
    return `${this.dir}/node/thin-fuse`;
  }

  /** A path of the node's, seen from here. */
  at(path: string): string {
    return `/proc/${this.#node?.pid}/root${path}`;
  }

  masterName(ordinal: number): string {
    return `lake-master-${ordinal}.svc-lake-master.ai.svc.cluster.local`;
  }

  /** Masters have the same ports, so each has an address of its own. */
  address(ordinal: number): string {
    return `127.0.0.${11 + ordinal}`;
  }

  /** Starts a container's entrypoint. A client is PID 1, as in a pod. */
  start(role: Role, ordinal = 0, more: Readonly<Record<string, string>> = {}): Container {
    const words = role === "thin" ? ["fluid-thin-runtime", "start"] : [role, "start"];
    const first = role === "client" || role === "thin"
      ? ["unshare", "-fp", "--kill-child", "--mount-proc", "--propagation", "unchanged"]
      : [];
    const log = `${this.dir}/logs/${role}-${ordinal}.log`;
    const child = new Deno.Command("nsenter", {
      args: [
        ...this.#inNode(),
        "sh",
        "-c",
        'exec >> "$0" 2>&1 && exec "$@"',
        log,
        ...first,
        executable,
        ...words,
      ],
      env: { ...this.env(role, ordinal), ...more },
      clearEnv: true,
      stdin: "null",
    }).spawn();
    this.#containers.push({ role, child });
    const ended = child.status.then(({ code }) => code);
    return {
      log,
      ended,
      signal: (signal) => kill(firstProcess(child.pid), signal),
      inside: (argv) => {
        const pid = String(firstProcess(child.pid));
        return this.#output("nsenter", ["-t", pid, "-m", "-p", "--wd=/", "--", ...argv], {
          ...this.env(role, ordinal),
          ...more,
        });
      },
    };
  }

  /** Runs the executable in a container of this role, as Kubernetes or Fluid would by exec. */
  async run(
    role: Role,
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
    ordinal = 0,
  ): Promise<Ran> {
    return await this.exec([executable, ...args], { ...this.env(role, ordinal), ...more });
  }

  /** Runs Curvine's own cli with a master's configuration. */
  async cv(...args: string[]): Promise<Ran> {
    const conf = `${this.dir}/master-0.toml`;
    return await this.exec(
      [`${HOME}/lib/curvine-cli`, ...args, "--conf", conf],
      this.env("master"),
    );
  }

  /** Runs a command on the node. */
  async exec(
    argv: readonly string[],
    env: Readonly<Record<string, string>> = this.env("master"),
  ): Promise<Ran> {
    return await this.#output("nsenter", [...this.#inNode(), ...argv], env);
  }

  #output(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<Ran> {
    const whole = { PATH: Deno.env.get("PATH") ?? "", ...env };
    return run([command, ...args], { env: whole, clearEnv: true, mayFail: true });
  }

  env(role: Role, ordinal = 0): Record<string, string> {
    const thin = role === "thin";
    return {
      PATH: Deno.env.get("PATH") ?? "",
      CURVINE_HOME: `${this.dir}/home`,
      CURVINE_CONF_FILE: `${this.dir}/${role}-${ordinal}.toml`,
      CURVINE_DATA_DIR: `${this.dir}/data-${role}-${ordinal}`,
      CURVINE_FLUID_RUN_DIR: `${this.dir}/run-${role}-${ordinal}`,
      CURVINE_FLUID_TERMINATION_LOG: `${this.dir}/logs/last-words-${role}-${ordinal}`,
      TMPDIR: this.dir,
      POD_NAME: `lake-${role}-${ordinal}`,
      HOSTNAME: `lake-${role}-${ordinal}`,
      FLUID_RUNTIME_CONFIG_PATH: `${this.dir}/${thin ? "thin" : "runtime"}.json`,
      ...(thin
        ? { FLUID_RUNTIME_TYPE: "thin", FLUID_RUNTIME_NS: "ai", FLUID_RUNTIME_NAME: "lake" }
        : {
          FLUID_RUNTIME_COMPONENT_TYPE: role,
          FLUID_DATASET_NAME: "lake",
          FLUID_DATASET_NAMESPACE: "ai",
        }),
      ...(role === "master" ? { ORPC_BIND_HOSTNAME: this.address(ordinal) } : {}),
    };
  }

  /** Waits until a container says that it is ready. */
  async healthy(role: Role, ordinal = 0): Promise<void> {
    await eventually(`${role}-${ordinal} is ready`, async () => {
      const ran = await this.run(role, ["health", "--ready"], {}, ordinal);
      if (ran.code === 0) return true;
      throw new Error(ran.stderr);
    }, 90_000);
  }

  /** What the supervisor of a client says. */
  async status(role: "client" | "thin"): Promise<Status> {
    const ran = await this.run(role, ["status", "--json"]);
    if (ran.code !== 0) throw new Error(ran.stderr);
    return JSON.parse(ran.stdout);
  }

  /** Waits for a master that leads and for the worker. */
  async ready(): Promise<void> {
    await eventually("a worker is registered", async () => {
      const overview = await this.leader();
      return overview !== undefined && Number(overview.live_workers) > 0;
    }, 60_000);
  }

  /** What the leading master says of itself, and which one that is. */
  async leader(): Promise<{ ordinal: number; live_workers: number } | undefined> {
    for (const ordinal of this.#ordinals()) {
      const overview = await this.overview(ordinal);
      if (overview?.["master_state"] === "Active") {
        return { ordinal, live_workers: Number(overview["live_workers"]) };
      }
    }
    return undefined;
  }

  /** `/api/overview` of a master, `undefined` when it does not answer. */
  async overview(ordinal: number): Promise<Record<string, unknown> | undefined> {
    try {
      const url = `http://${this.address(ordinal)}:${this.ports.web}/api/overview`;
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      return await response.json();
    } catch {
      return undefined;
    }
  }

  /** The end of every log, for whoever looks for the reason of a failure. */
  logs(): string {
    return [...Deno.readDirSync(`${this.dir}/logs`)].map(({ name }) => {
      const lines = Deno.readTextFileSync(`${this.dir}/logs/${name}`).split("\n");
      return `== ${name}\n${lines.slice(-25).join("\n")}`;
    }).join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A worker that leaves tells its master, and waits long for one that is gone.
    for (const roles of [["client", "thin"], ["worker"], ["master"]]) {
      await stop(this.#containers.filter(({ role }) => roles.includes(role)).map((c) => c.child));
    }
    await this.#node?.stdin.close();
    await this.#node?.status;
    Deno.removeSync(this.dir, { recursive: true });
  }

  #ordinals(): number[] {
    return Array.from({ length: this.masters }, (_, ordinal) => ordinal);
  }

  #inNode(): string[] {
    return ["-m", "-t", String(this.#node?.pid), "--wd=/", "--"];
  }

  async #startNode(): Promise<void> {
    const text = 'mount --bind "$1/hosts" /etc/hosts && mount --bind "$1/node" "$1/node" && ' +
      'mount --make-shared "$1/node" && exec cat';
    this.#node = new Deno.Command("unshare", {
      args: ["-m", "--propagation", "private", "sh", "-c", text, "sh", this.dir],
      stdin: "piped",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    await eventually(
      "the node's namespace is there",
      () => Deno.readTextFileSync(`/proc/${this.#node?.pid}/comm`) === "cat\n",
    );
  }
}

/** Ends containers, by force those that take too long. */
async function stop(children: readonly Deno.ChildProcess[]): Promise<void> {
  for (const child of children) kill(firstProcess(child.pid), "SIGTERM");
  const timer = setTimeout(() => children.forEach(({ pid }) => kill(pid, "SIGKILL")), 30_000);
  await Promise.all(children.map((child) => child.status));
  clearTimeout(timer);
}

/**
 * Waits until what is written outlives a master that is killed: in its first ten seconds a leader
 * carries out what is asked, and keeps none of it (Curvine: First seconds of a leader). Nothing
 * tells when they are over.
 */
export async function journalled(): Promise<void> {
  await new Promise((done) => setTimeout(done, 12_000));
}

/** A test with a cluster of its own, whose logs a failure shows. */
export function withCluster(
  name: string,
  plan: ClusterPlan,
  work: (cluster: RealCluster) => Promise<void>,
): void {
  Deno.test({
    name: `real Curvine: ${name}`,
    ignore: missingCurvine(),
    fn: async () => {
      await using cluster = await RealCluster.start(plan);
      try {
        await work(cluster);
      } catch (error) {
        throw new Error(`${(error as Error).stack}\n${cluster.logs()}`);
      }
    },
  });
}

/** The container's PID 1, as numbered here: `unshare` only waits for it, and hears no TERM. */
function firstProcess(pid: number): number {
  try {
    if (Deno.readTextFileSync(`/proc/${pid}/comm`) !== "unshare\n") return pid;
    const [child] = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).split(" ");
    return Number(child) || pid;
  } catch {
    return pid;
  }
}

function kill(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

/** Ports that nobody has at the moment. */
function freePorts<Name extends string>(names: readonly Name[]): Record<Name, number> {
  const listeners = names.map(() => Deno.listen({ hostname: "0.0.0.0", port: 0 }));
  const ports = listeners.map((listener) => (listener.addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return Object.fromEntries(names.map((name, index) => [name, ports[index]])) as Record<
    Name,
    number
  >;
}
