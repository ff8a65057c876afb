import type { Hold, Outcome, ServedMount } from "../../lib/ports/takeover.ts";
import { parseMountinfo } from "../../lib/mount/mountinfo.ts";
import { layersAt } from "../../lib/mount/mount_path.ts";
import { fuseConnections } from "../../lib/system/fuse_connections.ts";
import { fuseDescriptors } from "../../lib/system/fuse_descriptors.ts";
import { cString, kernelInBackground } from "../../lib/system/kernel_calls.ts";
import { systemTakeover } from "../../lib/system/takeover.ts";
import { eventually } from "./eventually.ts";
import { kill } from "./limited_command.ts";
import { run } from "./run.ts";
import { installStandIn } from "./stand_in.ts";

const MNT_DETACH = 2;

/** A daemon of a {@link TakeoverPlace}. */
export interface PlacedDaemon {
  readonly pid: number;
  readonly status: Promise<Deno.CommandStatus>;
}

/** How something is started beside a {@link TakeoverPlace}'s daemon; streams are null by default. */
export type PlacedOptions = Pick<Deno.CommandOptions, "cwd" | "stdin" | "stdout" | "stderr">;

/** How a {@link TakeoverPlace} is laid out. */
export interface TakeoverSetup {
  /** The stand-in's lines, one for each start; the last one serves all later ones. */
  readonly plan?: readonly string[];
  /** Lines for `[fuse]`. */
  readonly fuse?: readonly string[];
  readonly mounts?: number;
}

/** The stand-in on a mount of this very namespace, for tests of what the kernel does. */
export class TakeoverPlace implements AsyncDisposable {
  readonly root = Deno.makeTempDirSync({ prefix: "cf-takeover-" });
  readonly target = `${this.root}/target`;
  /** Where the first mount is bound a second time, as an application's pod has it. */
  readonly bound = `${this.root}/bound`;
  readonly connections = fuseConnections(`${this.root}/run`);
  readonly #daemons: PlacedDaemon[] = [];
  readonly #others: Deno.ChildProcess[] = [];
  /** One that a failed test leaves open would make those after it fail too. */
  readonly #holds: Hold[] = [];

  private constructor(readonly setup: TakeoverSetup) {}

  /** Lays out a source of which every file tells its own name, and serves it. */
  static async serve(setup: TakeoverSetup = {}): Promise<TakeoverPlace> {
    const place = new TakeoverPlace(setup);
    for (const folder of ["lib", "run", "bound", "source/a/b/c"]) {
      Deno.mkdirSync(`${place.root}/${folder}`, { recursive: true });
    }
    for (const name of ["top", "a/one", "a/two", "a/b/deep", "a/b/c/deepest"]) {
      Deno.writeTextFileSync(`${place.root}/source/${name}`, `this is ${name}\n`);
    }
    const plan = [...(setup.plan ?? ["raw"])];
    await installStandIn(`${place.root}/lib`, `${place.root}/source`, plan);
    Deno.writeTextFileSync(
      `${place.root}/conf.toml`,
      [
        "[fuse]",
        `mnt_path = "${place.target}"`,
        `mnt_number = ${place.paths.length}`,
        `state_dir = "${place.root}/run"`,
        ...(setup.fuse ?? []),
        "",
      ].join("\n"),
    );
    place.start();
    await eventually("all is mounted", () => place.mounts().length === place.paths.length);
    await place.bind(place.paths[0] ?? "", place.bound);
    return place;
  }

  /** The mount points. */
  get paths(): string[] {
    const { mounts = 1 } = this.setup;
    return mounts === 1
      ? [this.target]
      : Array.from({ length: mounts }, (_, n) => `${this.target}/mnt-${n}`);
  }

  /** Starts the stand-in, as a successor where there is a state file. */
  start(statePath?: string): PlacedDaemon {
    const { pid, status } = new Deno.Command(`${this.root}/lib/curvine-fuse`, {
      args: ["--conf", `${this.root}/conf.toml`],
      env: statePath === undefined ? {} : { CURVINE_FUSE_STATE_PATH: statePath },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const daemon = { pid, status };
    this.#daemons.push(daemon);
    return daemon;
  }

  /** The daemon started last. */
  get daemon(): PlacedDaemon {
    const daemon = this.#daemons.at(-1);
    if (daemon === undefined) throw new Error("nothing was started");
    return daemon;
  }

  /** Ends the daemon as the kernel does when memory is short. */
  async kill(): Promise<void> {
    Deno.kill(this.daemon.pid, "SIGKILL");
    await this.daemon.status;
  }

  /** What is mounted now, as those who hold it want to know. */
  mounts(): ServedMount[] {
    return this.#layers().map(({ device, path }) => ({
      minor: device.split(":")[1] ?? "",
      path,
    }));
  }

  /** The mounts' ids: another one is another mount. */
  ids(): number[] {
    return this.#layers().map(({ id }) => id);
  }

  /** Starts a reader of a file below a mount or the bind of it; what it reads comes at its end. */
  read(path: string): Promise<{ code: number; text: string }> {
    return run(["cat", path], { mayFail: true }).then(({ code, stdout: text }) => ({ code, text }));
  }

  /** Starts something that goes on until it ends or the place is put away. */
  spawn(
    argv: readonly string[],
    { cwd, ...streams }: PlacedOptions = {},
  ): Deno.ChildProcess {
    const [program = "", ...args] = argv;
    const child = new Deno.Command(program, {
      args,
      ...(cwd === undefined ? {} : { cwd }),
      stdin: "null",
      stdout: "null",
      stderr: "null",
      ...streams,
    }).spawn();
    this.#others.push(child);
    return child;
  }

  /** Holds the daemon's connections, until the place is put away at the latest. */
  hold(): Hold {
    return this.keep(systemTakeover.hold(this.daemon.pid, this.mounts()));
  }

  /** What was to be held, closed with the place. @throws {Error} with the reason, where it was not */
  keep(outcome: Outcome<Hold>): Hold {
    if (!outcome.ok) throw new Error(outcome.reason);
    this.#holds.push(outcome.value);
    return outcome.value;
  }

  /** Mounts a folder a second time. */
  async bind(from: string, to: string): Promise<void> {
    await run(["mount", "--bind", from, to]);
  }

  /** Waits until somebody waits for the daemon. */
  async someoneWaits(): Promise<void> {
    const [mount] = this.mounts();
    await eventually(
      "a request waits",
      () => (this.connections.waiting(mount?.minor ?? "") ?? 0) > 0,
    );
  }

  #layers(): ReturnType<typeof parseMountinfo> {
    const table = parseMountinfo(Deno.readTextFileSync("/proc/self/mountinfo"));
    return this.paths.flatMap((path) => layersAt(table, path)).filter(({ type }) =>
      type.startsWith("fuse.")
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const others = [...this.#others, ...this.#daemons];
    for (const { pid } of others) kill(pid);
    for (const hold of this.#holds) hold.close();
    for (const { minor } of this.mounts()) this.connections.abort(minor);
    for (const { status } of others) await status;
    await this.connections.close();
    const table = parseMountinfo(Deno.readTextFileSync("/proc/self/mountinfo"));
    for (const { path } of table.filter(({ path }) => path.startsWith(this.root)).reverse()) {
      await kernelInBackground("umount2", cString(path), MNT_DETACH);
    }
    Deno.removeSync(this.root, { recursive: true });
  }
}

/** How many descriptors this process has open, those of the FUSE device and all. */
export function openDescriptors(): { fuse: number; all: number } {
  return {
    fuse: fuseDescriptors(Deno.pid)?.length ?? 0,
    all: [...Deno.readDirSync("/proc/self/fd")].length,
  };
}
