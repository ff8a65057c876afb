import { askControl, type ControlAnswer, metricSamples } from "./control_client.ts";
import { plantCanaries, treeHash } from "./canary.ts";
import { eventually } from "./eventually.ts";
import { exists } from "./exists.ts";
import { KubeletFolder } from "./kubelet_folder.ts";
import { MasterDoor } from "./master_door.ts";
import { type MountLine, mountTable } from "./mount_table.ts";
import { childrenOf, mountNamespace, processesIn, type ProcessLine } from "./process_table.ts";
import { PinnedNamespace } from "./namespace.ts";
import { executable } from "./requirements.ts";
import { startHost } from "./host_namespace.ts";
import { type CommandResult, kill, runLimited } from "./limited_command.ts";
import { type DaemonStart, installStandIn, parseStarts } from "./stand_in.ts";
import { textOf } from "./text_of.ts";

/** A run may end within milliseconds: it begins when its namespace is known and pinned. */
const WAIT = 'set -e\nuntil [ -e "$ROOT/go" ]; do sleep 0.01; done';

/** How a run of the executable is set up. */
export interface FaultSetup {
  /** Whether it is PID 1 of a PID namespace (the default) or a child in a shared one. */
  pid1?: boolean;
  /**
   * Fluid's kind of runtime: a ThinRuntime's FUSE (the default) or a CacheRuntime's client, whose
   * target is itself a volume.
   */
  runtime?: "thin" | "cache";
  /** The stand-in's lines, one for each start; see tests/support/standin/curvine-fuse. */
  plan?: string[];
  /** On top of the fast settings. */
  env?: Record<string, string>;
  /** The target's name below the host folder. */
  target?: string;
  /** A ThinRuntime's `fuse.options`, a CacheRuntime's `client.options`. */
  options?: Record<string, string>;
  /** Shell text run in the container's namespace before the executable, with $ROOT and $TARGET. */
  before?: string;
  /** Shell text that ends in `exec "$@"`; the default sends both outputs to files. */
  launch?: string;
}

/** What Fluid sets for a ThinRuntime's FUSE. */
const THIN = { FLUID_RUNTIME_TYPE: "thin", FLUID_RUNTIME_NS: "ai", FLUID_RUNTIME_NAME: "lake" };

/** What Fluid sets for a CacheRuntime's client. */
const CACHE = {
  FLUID_DATASET_NAME: "lake",
  FLUID_DATASET_NAMESPACE: "ai",
  FLUID_RUNTIME_COMPONENT_TYPE: "client",
  FLUID_RUNTIME_COMPONENT_SVC_NAME: "",
};

/**
 * A CacheRuntime's hostPath volume is the target itself: of the host's folder the container sees
 * nothing else, and what it mounts there shows on the host (`Bidirectional`).
 */
const VOLUME = `if mkdir -p "$TARGET" "$ROOT/volume" 2>/dev/null; then
  mount --bind "$TARGET" "$ROOT/volume"
  mount --make-private "$HOST"
  mount --bind "$ROOT/volume" "$TARGET"
  umount "$ROOT/volume"
else
  # It is a dead mount, which the runtime could bind all the same.
  mount --make-private "$HOST"
fi
mount --bind "$ROOT/hosts" /etc/hosts`;

/** Waits small enough for a test; the limits, which a machine under load must not reach, generous. */
const FAST: Readonly<Record<string, string>> = {
  CURVINE_FLUID_START_TIMEOUT: "15s",
  CURVINE_FLUID_STOP_TIMEOUT: "10s",
  CURVINE_FLUID_RESTART_DELAY: "50ms",
  CURVINE_FLUID_RESTART_MAX_DELAY: "200ms",
  CURVINE_FLUID_HANG_TIMEOUT: "60s",
  CURVINE_FLUID_PROBE_INTERVAL: "100ms",
  CURVINE_FLUID_PROBE_TIMEOUT: "5s",
};

/** For whoever waits for a hang to be noticed. */
export const HANGS: Readonly<Record<string, string>> = {
  CURVINE_FLUID_HANG_TIMEOUT: "2s",
  CURVINE_FLUID_PROBE_TIMEOUT: "1s",
};

/**
 * A mount that answered. The kernel gives a new mount the id and the device of one that is gone, so
 * that only the number of cold starts tells it from an earlier one.
 */
export interface ServedLayer extends MountLine {
  coldStarts: number;
}

/**
 * The executable in a container, as a ThinRuntime pod has it: a mount namespace (and, as PID 1, a
 * PID namespace) of its own below a "host" namespace, and the target's parent shared between the
 * two (`Bidirectional`). What stays mounted when the container has ended shows on the host.
 */
export class FaultRun implements AsyncDisposable {
  readonly root: string;
  readonly target: string;
  readonly config: KubeletFolder;
  /** Where the daemons' master would be. */
  readonly master = new MasterDoor();
  /** The supervisor's id as seen from here. */
  pid = 0;
  #host: Deno.ChildProcess;
  #child: Deno.ChildProcess | undefined;
  #ended: Deno.CommandStatus | undefined;
  #namespace: PinnedNamespace | undefined;
  readonly #hostNamespace: PinnedNamespace;
  #others: Deno.ChildProcess[] = [];
  #stuck: Promise<unknown>[] = [];
  #hashes: string[] = [];

  /** @param first whose host and whose target it has */
  private constructor(
    readonly setup: FaultSetup,
    root: string,
    host: Deno.ChildProcess,
    readonly first?: FaultRun,
  ) {
    this.root = root;
    this.#host = host;
    this.#hostNamespace = new PinnedNamespace(host.pid);
    this.target = first?.target ?? `${root}/host/${setup.target ?? "thin-fuse"}`;
    this.config = new KubeletFolder(`${root}/etc`, "config.json", this.configText());
  }

  /** Lays out the folders and the host's namespace; nothing of ours runs yet. */
  static async prepare(setup: FaultSetup = {}): Promise<FaultRun> {
    const root = await FaultRun.#layOut(setup);
    const host = await startHost(`${root}/host`);
    const run = new FaultRun(setup, root, host);
    run.#hashes = await run.#hashAll();
    return run;
  }

  /** Lays out one more container on the same host, whose target is the same. */
  static async beside(first: FaultRun, setup: FaultSetup = first.setup): Promise<FaultRun> {
    return new FaultRun(setup, await FaultRun.#layOut(setup), first.#host, first);
  }

  static async #layOut(setup: FaultSetup): Promise<string> {
    const root = Deno.makeTempDirSync({ prefix: "cf-" });
    for (const folder of ["host/neighbour", "home/lib", "home/conf", "state", "tmp", "source"]) {
      Deno.mkdirSync(`${root}/${folder}`, { recursive: true });
    }
    // Where a CacheRuntime's client looks for its master.
    const master = "lake-master-0.svc-lake-master.ai.svc.cluster.local";
    Deno.writeTextFileSync(`${root}/hosts`, `127.0.0.1 localhost ${master}\n`);
    plantCanaries(`${root}/source`);
    plantCanaries(`${root}/host/neighbour`);
    await installStandIn(`${root}/home/lib`, `${root}/source`, setup.plan ?? []);
    return root;
  }

  /** The folder that the host shares with its containers. */
  get #hostFolder(): string {
    return `${this.first?.root ?? this.root}/host`;
  }

  /** The runtime config in Fluid's form. @param change options on top of the setup's */
  configText(change: Record<string, string> = {}): string {
    const options = { state_dir: `${this.root}/state`, ...this.setup.options, ...change };
    if (this.setup.runtime === "cache") {
      return JSON.stringify({
        mounts: [{ mountPoint: "curvine:///data", name: "data", path: "/data" }],
        accessModes: ["ReadWriteMany"],
        targetPath: this.target,
        master: {
          enabled: true,
          name: "lake-master",
          replicas: 1,
          service: { name: "svc-lake-master" },
          options: { rpc_port: `${this.master.port}` },
        },
        client: { enabled: true, name: "lake-client", options, service: { name: "" } },
      });
    }
    return JSON.stringify({
      mounts: [{
        mountPoint: "curvine:///data",
        options: { "master-endpoints": `127.0.0.1:${this.master.port}` },
        name: "data",
        path: "/data",
      }],
      targetPath: this.target,
      runtimeOptions: options,
      accessModes: ["ReadWriteMany"],
    });
  }

  /** The environment that the executable gets. */
  get env(): Record<string, string> {
    return {
      PATH: Deno.env.get("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin",
      TMPDIR: `${this.root}/tmp`,
      CURVINE_HOME: `${this.root}/home`,
      CURVINE_DATA_DIR: `${this.root}/data`,
      CURVINE_LOG_DIR: `${this.root}/log`,
      ...(this.setup.runtime === "cache" ? CACHE : THIN),
      FLUID_RUNTIME_CONFIG_PATH: `${this.root}/etc/config.json`,
      CURVINE_FLUID_RUN_DIR: `${this.root}/run`,
      CURVINE_FLUID_TERMINATION_LOG: `${this.root}/termination-log`,
      ...FAST,
      ...this.setup.env,
    };
  }

  /** Starts the executable. */
  async start(): Promise<void> {
    const pid1 = this.setup.pid1 ?? true;
    const cache = this.setup.runtime === "cache";
    const volume = cache ? VOLUME : "";
    const launch = this.setup.launch ?? `exec "$@" >>"$ROOT/stdout" 2>>"$ROOT/stderr"`;
    if (this.#child) Deno.removeSync(`${this.root}/go`);
    this.#ended = undefined;
    this.#child = new Deno.Command("nsenter", {
      args: [
        `--mount=/proc/${this.#host.pid}/ns/mnt`,
        ...["unshare", "-m", "--propagation", "unchanged"],
        ...(pid1 ? ["-f", "-p", "--mount-proc", "--kill-child"] : []),
        ...["sh", "-c", `${WAIT}\n${volume}\n${this.setup.before ?? ""}\n${launch}`, "sh"],
        ...[executable, ...(cache ? ["client", "start"] : ["fluid-thin-runtime"])],
      ],
      clearEnv: true,
      env: { ...this.env, ROOT: this.root, HOST: this.#hostFolder, TARGET: this.target },
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    const { pid } = this.#child;
    const child = this.#child;
    child.status.then((status) => {
      if (this.#child === child) this.#ended = status;
    });
    this.#namespace?.[Symbol.dispose]();
    this.#namespace = undefined;
    this.#namespace = await eventually("the container runs", () => {
      if (this.#ended !== undefined) {
        throw new Error(`it ended at once: ${JSON.stringify(this.#ended)}`);
      }
      this.pid = pid1 ? childrenOf(pid)[0] ?? 0 : pid;
      const namespace = this.pid === 0 ? undefined : mountNamespace(this.pid);
      // nsenter and unshare pass through the host's namespace on their way.
      if (namespace === undefined || namespace === mountNamespace(Deno.pid)) return false;
      return namespace !== this.#hostNamespace.name && new PinnedNamespace(this.pid);
    });
    Deno.writeTextFileSync(`${this.root}/go`, "");
  }

  /** Whether the executable has ended. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  signal(signal: Deno.Signal): void {
    Deno.kill(this.pid, signal);
  }

  /** Resolves at the moment it ends. */
  get whenEnded(): Promise<unknown> {
    return this.#child?.status ?? Promise.resolve();
  }

  /** Waits for the end. @returns the exit code, 128 + N where signal N ended it. */
  async exitCode(limitMs?: number): Promise<number> {
    const status = await eventually("the executable ends", () => this.#ended, limitMs);
    return status.code;
  }

  /** All processes of the container that still exist. */
  processes(): ProcessLine[] {
    return this.#namespace ? processesIn(this.#namespace.name) : [];
  }

  /** The processes that serve a mount: bindfs or raw_fuse. */
  servers(): ProcessLine[] {
    return this.processes().filter((line) =>
      line.state !== "Z" && (line.name === "bindfs" || line.name === "raw_fuse")
    );
  }

  /** Mounts at the target (and at `mnt-N` below it) as the host sees them. */
  layers(): MountLine[] {
    return mountTable(this.#host.pid).filter(({ path }) =>
      path === this.target || path.startsWith(`${this.target}/`)
    );
  }

  /** All mounts below the host folder, wherever there. */
  hostMounts(): MountLine[] {
    return mountTable(this.#host.pid).filter(({ path }) => path.startsWith(`${this.#hostFolder}/`));
  }

  /** What the stand-in wrote of its starts. */
  starts(): DaemonStart[] {
    return parseStarts(this.standInFile("starts"));
  }

  /** How often the stand-in was started so far. */
  startCount(): number {
    return Number(this.standInFile("count"));
  }

  /** A file that the stand-in wrote, empty where there is none. */
  standInFile(name: string): string {
    return textOf(`${this.root}/home/lib/standin/${name}`) ?? "";
  }

  /** Gives the stand-in a file that it looks for, such as `mute`. */
  tellStandIn(name: string, text = ""): void {
    Deno.writeTextFileSync(`${this.root}/home/lib/standin/${name}`, text);
  }

  untellStandIn(name: string): void {
    Deno.removeSync(`${this.root}/home/lib/standin/${name}`);
  }

  /** The daemon started last (`starts` tells its inner id). @throws when it does not live */
  daemon(): ProcessLine {
    const inner = this.starts().at(-1)?.inner;
    const found = this.processes().find((line) => line.inner === inner && line.state !== "Z");
    if (!found) throw new Error(`No daemon ${inner} lives`);
    return found;
  }

  stdout(): string {
    return textOf(`${this.root}/stdout`) ?? "";
  }

  stderr(): string {
    return textOf(`${this.root}/stderr`) ?? "";
  }

  terminationLog(): string {
    return textOf(`${this.root}/termination-log`) ?? "";
  }

  /** Runs a command in the host's namespace, for at most `limitMs`. */
  onHost(argv: string[], limitMs?: number): Promise<CommandResult> {
    return runLimited(
      ["nsenter", `--mount=/proc/${this.#host.pid}/ns/mnt`, ...argv],
      limitMs,
      this.#stuck,
    );
  }

  /** Runs a command in the container, as `kubectl exec` does, with the executable's environment. */
  inside(argv: string[], limitMs?: number): Promise<CommandResult> {
    const target = ["nsenter", "-t", `${this.pid}`, "-m", "-p"];
    return runLimited([...target, ...argv], limitMs, this.#stuck, this.env);
  }

  /** A command in the host's namespace. */
  commandOnHost(argv: string[], options: Deno.CommandOptions): Deno.Command {
    const args = [`--mount=/proc/${this.#host.pid}/ns/mnt`, ...argv];
    return new Deno.Command("nsenter", { args, ...options });
  }

  /** Starts a command in the host's namespace that goes on; the end of the run ends it. */
  spawnOnHost(argv: string[]): Deno.ChildProcess {
    const options = { stdin: "null", stdout: "null", stderr: "null" } as const;
    const child = this.commandOnHost(argv, options).spawn();
    this.#others.push(child);
    return child;
  }

  /**
   * Mounts one more live FUSE layer of Curvine's type from outside the container, at the target
   * or beside it.
   */
  async mountOnHost(path = this.target): Promise<Deno.ChildProcess> {
    Deno.mkdirSync(path, { recursive: true });
    const before = this.hostMounts().length;
    const options = "fsname=curvinefs,subtype=curvinefs,nonempty";
    const child = this.spawnOnHost(["bindfs", "-f", "-o", options, `${this.root}/source/`, path]);
    await eventually("the host's mount is there", () => this.hostMounts().length === before + 1);
    return child;
  }

  /** Leaves a stale layer (ENOTCONN) at the target, as a node crash or a `kill -9` does. */
  async leaveStaleLayer(): Promise<void> {
    const child = await this.mountOnHost();
    child.kill("SIGKILL");
    await child.status;
  }

  /** The canary read through the mount from the host; `undefined` where it does not answer. */
  async readsCanary(limitMs?: number): Promise<boolean> {
    const { code, stdout } = await this.onHost(["cat", `${this.target}/canary`], limitMs);
    return code === 0 && stdout === "alive\n";
  }

  /** Waits until exactly one layer answers. */
  async mounted(limitMs?: number): Promise<ServedLayer> {
    return await eventually("exactly one layer answers", async () => {
      if (this.#ended !== undefined) throw new Error(`the executable ended: ${this.#ended.code}`);
      const [layer, ...more] = this.layers();
      if (!layer || more.length > 0 || !await this.readsCanary()) return false;
      return { ...layer, coldStarts: this.coldStarts() };
    }, limitMs);
  }

  /** Waits until the supervisor knows whether it could keep the mount if its daemon died now. */
  async decided(): Promise<void> {
    await eventually("it is known whether a takeover is possible", async () => {
      const { takeover_possible, takeover_problem } = await this.status();
      return takeover_possible === true || takeover_problem !== "nothing is mounted yet";
    });
  }

  /** A mount that answers, and whose daemon may be killed: the supervisor has seen it as well. */
  async served(): Promise<ServedLayer> {
    const layer = await this.mounted();
    await this.decided();
    return layer;
  }

  /** Waits until a mount answers, alone, that was made after `old`. */
  async remounted(old: ServedLayer, limitMs?: number): Promise<ServedLayer> {
    return await eventually(
      `a mount later than that of start ${old.coldStarts} answers`,
      async () => this.coldStarts() > old.coldStarts && await this.mounted(limitMs),
      limitMs,
    );
  }

  /** How often a daemon was started that was nobody's successor: so often the target was mounted. */
  coldStarts(): number {
    return this.starts().filter(({ state }) => state === "").length;
  }

  /** One request to the control socket, which comes a moment after the first daemon. */
  async control(path: string, method: "GET" | "POST" = "GET"): Promise<ControlAnswer> {
    const socket = `${this.root}/run/control.sock`;
    await eventually("the control socket is there", () => exists(socket));
    return await askControl(socket, method, path);
  }

  /** `/status`, parsed. */
  async status(): Promise<Record<string, unknown>> {
    return JSON.parse((await this.control("/status")).body);
  }

  /** `/metrics`, parsed. */
  async metrics(): Promise<Map<string, number>> {
    return metricSamples((await this.control("/metrics")).body);
  }

  /** Names of what was lost or changed below the source and the host folder: nothing, if all is well. */
  async losses(): Promise<string[]> {
    const now = await this.#hashAll();
    return ["source", "host"].filter((_, index) => now[index] !== this.#hashes[index]);
  }

  /** Takes what lies below source and host now as what must not be lost. */
  async remember(): Promise<void> {
    this.#hashes = await this.#hashAll();
  }

  /** All that helps to understand a failure. */
  report(): string {
    const tail = (text: string): string => text.slice(-6_000).replaceAll(/^/gm, "    ");
    return [
      `ended: ${JSON.stringify(this.#ended)}`,
      `layers: ${JSON.stringify(this.layers())}`,
      "processes:",
      ...this.processes().map((line) => `    ${JSON.stringify(line)}`),
      `starts:\n${tail(this.standInFile("starts"))}`,
      `termination log:\n${tail(this.terminationLog())}`,
      `stdout:\n${tail(this.stdout())}`,
      `stderr:\n${tail(this.stderr())}`,
    ].join("\n");
  }

  /** Ends everything this run started, whatever state it is in, and removes its folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (let round = 0; round < 100; round++) {
      const host = this.first === undefined ? processesIn(this.#hostNamespace.name) : [];
      const left = [...this.processes(), ...host]
        .filter(({ pid, state }) => pid !== this.#host.pid && state !== "Z");
      if (left.length === 0) break;
      for (const { pid } of left) kill(pid);
      for (const { device } of this.first === undefined ? this.layers() : []) abort(device);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (this.#child && !this.ended) kill(this.#child.pid);
    await this.#child?.status;
    for (const child of this.#others) await child.status;
    await Promise.all(this.#stuck);
    this.master[Symbol.dispose]();
    if (this.first === undefined) {
      await this.#host.stdin.close();
      await this.#host.status;
    }
    this.#namespace?.[Symbol.dispose]();
    this.#hostNamespace[Symbol.dispose]();
    Deno.removeSync(this.root, { recursive: true });
  }

  async #hashAll(): Promise<string[]> {
    // From here the host folder shows what lies below the mounts: they live in other namespaces.
    return [await treeHash(`${this.root}/source`), await treeHash(this.#hostFolder)];
  }
}

/** Ends a FUSE connection, so that nobody stays in an uninterruptible wait for it. */
function abort(device: string): void {
  const minor = device.split(":")[1];
  try {
    Deno.writeTextFileSync(`/sys/fs/fuse/connections/${minor}/abort`, "1");
  } catch {
    // fusectl is mounted on some machines only; killing the daemons ends the connection too.
  }
}
