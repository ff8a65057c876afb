import { executable } from "../../support/requirements.ts";
import { eventually } from "../../support/eventually.ts";
import { PodNetwork } from "./private_network.ts";

/** Curvine's programs, where the environment says. */
export const curvineHome: string = Deno.env.get("CURVINE_HOME") ?? "";

const NAME = "bench";
const NAMESPACE = "default";
const WEB_PORT = 9000;

/** Options of the components, as a CacheRuntime has them. */
export type Options = Readonly<Record<"master" | "worker" | "client", Record<string, string>>>;

/** What a cluster is to have. */
export interface ClusterSpec {
  readonly masters: number;
  readonly options: Options;
  readonly mounts?: readonly unknown[];
  /** Where a master keeps its data, where that is not its own folder. */
  readonly masterData?: (ordinal: number) => string;
}

/** A component in its pod, started by curvine-fluid with what Fluid would give it. */
export interface Pod {
  readonly network: PodNetwork;
  readonly process: Deno.ChildProcess;
  readonly env: Readonly<Record<string, string>>;
  /** Everything it has written so far. */
  readonly log: () => string;
}

/** What a master's web server says of it. */
export interface Overview {
  readonly master_state: string;
  readonly live_workers: number;
}

/** A cluster of real Curvine programs, each in a network of its own. */
export class CurvineCluster implements AsyncDisposable {
  readonly target: string;
  readonly #networks = new Map<string, PodNetwork>();
  readonly #pods = new Set<Pod>();

  /** @param folder takes everything that the pods write */
  constructor(readonly folder: string, readonly spec: ClusterSpec) {
    this.target = `${folder}/mnt`;
    Deno.mkdirSync(this.target, { recursive: true });
    Deno.writeTextFileSync(`${folder}/runtime.json`, JSON.stringify(this.#runtime()));
  }

  /** Starts a master; one that ran before finds its data again, at the same address. */
  async startMaster(ordinal = 0): Promise<Pod> {
    return await this.#start("master", ordinal);
  }

  async startWorker(ordinal = 0): Promise<Pod> {
    return await this.#start("worker", ordinal);
  }

  async startClient(): Promise<Pod> {
    return await this.#start("client", 0);
  }

  /** Forgets a pod's address: its next start gets another one. */
  move(pod: Pod): void {
    this.#networks.delete(pod.network.name);
  }

  /** Runs one of our commands in a running pod, as `kubectl exec` does. */
  async exec(pod: Pod, args: readonly string[]): Promise<Deno.CommandOutput> {
    const [program = "", ...rest] = pod.network.inside([executable, ...args]);
    return await new Deno.Command(program, {
      args: rest,
      clearEnv: true,
      env: pod.env,
      stdin: "null",
    }).output();
  }

  /** Ends a pod's process and waits until it is gone. */
  async end(pod: Pod, signal: Deno.Signal = "SIGKILL"): Promise<void> {
    this.#pods.delete(pod);
    try {
      pod.process.kill(signal);
    } catch {
      // It has ended by itself.
    }
    await pod.process.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Clients first, while their masters answer: they unmount.
    for (const pod of [...this.#pods].reverse()) {
      const client = pod.env["FLUID_RUNTIME_COMPONENT_TYPE"] === "client";
      await this.end(pod, client ? "SIGTERM" : "SIGKILL");
    }
  }

  async #start(type: "master" | "worker" | "client", ordinal: number): Promise<Pod> {
    const pod = `${NAME}-${type}-${ordinal}`;
    const service = type === "client" ? "" : `svc-${NAME}-${type}`;
    const dns = service === "" ? pod : `${pod}.${service}.${NAMESPACE}.svc.cluster.local`;
    const network = this.#networks.get(dns) ?? await PodNetwork.make(dns);
    this.#networks.set(dns, network);
    const folder = `${this.folder}/${pod}`;
    Deno.mkdirSync(`${folder}/cache`, { recursive: true });
    const env = {
      PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
      HOSTNAME: pod,
      CURVINE_HOME: curvineHome,
      CURVINE_CONF_FILE: `${folder}/curvine-cluster.toml`,
      CURVINE_DATA_DIR: (type === "master" ? this.spec.masterData?.(ordinal) : undefined) ??
        `${folder}/data`,
      CURVINE_CACHE_PATH: `${folder}/cache`,
      CURVINE_FLUID_RUN_DIR: `${folder}/run`,
      CURVINE_FLUID_TERMINATION_LOG: `${folder}/termination-log`,
      ...(type === "client" ? { CURVINE_FLUID_HTTP_ADDR: "0.0.0.0:9004" } : {}),
      FLUID_DATASET_NAME: NAME,
      FLUID_DATASET_NAMESPACE: NAMESPACE,
      FLUID_RUNTIME_CONFIG_PATH: `${this.folder}/runtime.json`,
      FLUID_RUNTIME_MOUNT_PATH: this.target,
      FLUID_RUNTIME_COMPONENT_TYPE: type,
      FLUID_RUNTIME_COMPONENT_SVC_NAME: service,
    };
    const [program = "", ...args] = network.inside([executable, type, "start"]);
    const process = new Deno.Command(program, {
      args,
      clearEnv: true,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const log = Deno.openSync(`${folder}/log`, { create: true, append: true });
    void Promise.all([keep(process.stdout, log), keep(process.stderr, log)])
      .finally(() => log.close());
    const started: Pod = {
      network,
      process,
      env,
      log: () => Deno.readTextFileSync(`${folder}/log`),
    };
    this.#pods.add(started);
    return started;
  }

  #runtime(): unknown {
    const { masters, options, mounts = [] } = this.spec;
    const component = (type: "master" | "worker", replicas: number): unknown => ({
      enabled: true,
      name: `${NAME}-${type}`,
      options: options[type],
      replicas,
      service: { name: `svc-${NAME}-${type}` },
    });
    return {
      mounts,
      accessModes: ["ReadWriteMany"],
      targetPath: this.target,
      master: component("master", masters),
      worker: component("worker", 1),
      client: {
        enabled: true,
        name: `${NAME}-client`,
        options: options.client,
        service: { name: "" },
      },
    };
  }
}

/** What a master says of itself; `undefined` while it does not answer. */
export async function overview(pod: Pod): Promise<Overview | undefined> {
  try {
    const url = `http://${pod.network.address}:${WEB_PORT}/api/overview`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    return await answer.json();
  } catch {
    return undefined;
  }
}

/** Waits until one of these masters leads, and says which. */
export async function leader(pods: readonly Pod[], limitMs = 60_000): Promise<Pod> {
  return await eventually("a master leads", async () => {
    const found = await Promise.all(
      pods.map(async (pod) => (await overview(pod))?.master_state === "Active" ? pod : undefined),
    );
    return found.find((pod) => pod !== undefined);
  }, limitMs);
}

async function keep(output: ReadableStream<Uint8Array>, log: Deno.FsFile): Promise<void> {
  for await (const chunk of output) log.writeSync(chunk);
}
