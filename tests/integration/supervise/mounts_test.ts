import { NO_LESSON } from "../../../lib/ports/mounts.ts";
import assert from "node:assert/strict";
import { clearMounts } from "../../../lib/mount/clear.ts";
import { parseMountinfo } from "../../../lib/mount/mountinfo.ts";
import { layersAt } from "../../../lib/mount/mount_path.ts";
import { prepareFolder } from "../../../lib/mount/prepare_folder.ts";
import { minorOf } from "../../../lib/mount/mountinfo.ts";
import { childPids } from "../../../lib/system/child_processes.ts";
import { systemFolders } from "../../../lib/system/folders.ts";
import { fuseConnections } from "../../../lib/system/fuse_connections.ts";
import { openKernel } from "../../../lib/system/kernel_calls.ts";
import { HeldMountTable, systemMounts } from "../../../lib/system/mounts.ts";
import { Poller } from "../../../lib/system/poller.ts";
import { mountAskers } from "../../../lib/system/probe_child.ts";
import { systemProcesses } from "../../../lib/system/processes.ts";
import { Sink } from "../../../lib/system/sink.ts";
import type { Processes, ProcessHandle } from "../../../lib/ports/world.ts";
import { eventually } from "../../support/eventually.ts";
import { missing } from "../../support/requirements.ts";

openKernel();

const ignore = missing("root", "fuse", "tool:bindfs");
const OURS = "fsname=curvinefs,subtype=curvinefs";
const MAIN = new URL("../../../main.ts", import.meta.url).pathname;

const table = (): ReturnType<typeof parseMountinfo> =>
  parseMountinfo(Deno.readTextFileSync("/proc/self/mountinfo"));

/** A daemon of a test. */
interface TestDaemon {
  readonly ended: Promise<unknown>;
  /** Nothing happens when it has ended. */
  kill(signal: Deno.Signal): void;
}

function plainChild([program, ...args]: readonly [string, ...string[]]): TestDaemon {
  const options = { args, stdin: "null", stdout: "null", stderr: "null" } as const;
  const { pid, status } = new Deno.Command(program, options).spawn();
  return { ended: status, kill: (signal) => kill(pid, signal) };
}

function ownedChild({ pid, exited }: ProcessHandle): TestDaemon {
  return { ended: exited, kill: (signal) => kill(pid, signal) };
}

function kill(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

/** A folder of our own, with a source that has a file; everything is put away in the end. */
class Place {
  readonly root = Deno.makeTempDirSync({ prefix: "cf-mounts-" });
  readonly source = `${this.root}/source`;
  readonly target = `${this.root}/a target \\040 with\nall`;
  readonly #daemons: TestDaemon[] = [];
  readonly #processes: Processes | undefined;

  /** @param processes starts the daemons: beside a reaper nobody else may have children */
  constructor(processes?: Processes) {
    this.#processes = processes;
    Deno.mkdirSync(this.source);
    Deno.writeTextFileSync(`${this.source}/file`, "content");
    Deno.mkdirSync(this.target);
  }

  async mount(options = OURS, target = this.target): Promise<TestDaemon> {
    const before = layersAt(table(), target).length;
    const argv = ["bindfs", "-f", "-o", options, this.source, target] as const;
    const daemon = this.#processes === undefined ? plainChild(argv) : ownedChild(
      this.#processes.spawn({ argv, env: Deno.env.toObject(), cwd: "/" }, () => {}),
    );
    this.#daemons.push(daemon);
    await eventually("it is mounted", () => layersAt(table(), target).length > before);
    return daemon;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of this.#daemons) {
      daemon.kill("SIGKILL");
      await daemon.ended;
    }
    const mounts = systemMounts();
    for (const { path } of table().filter(({ path }) => path.startsWith(this.root)).reverse()) {
      await mounts.detach(path);
    }
    Deno.removeSync(this.root, { recursive: true });
  }
}

Deno.test({
  name: "layers that are dead or ours, at a path with spaces, \\040 and a newline: all go",
  ignore,
  fn: async () => {
    await using place = new Place();
    Deno.writeTextFileSync(`${place.target}/below`, "stays");
    const first = await place.mount(`${OURS},nonempty`);
    first.kill("SIGKILL");
    await first.ended;
    // The stale layer keeps whoever looks at the path away; only the table shows it.
    assert.throws(() => Deno.statSync(place.target));
    const dead = systemMounts({
      ask: () => Promise.resolve("stale"),
      walk: () => Promise.resolve(false),
      teach: () => NO_LESSON,
    });
    assert.equal((await clearMounts(place.target, dead)).cleared.length, 1);
    await place.mount(`${OURS},nonempty`);
    await place.mount(`${OURS},nonempty`);
    await place.mount(`${OURS},nonempty`);
    const mounts = systemMounts();
    const { obstacle: other } = await clearMounts(place.target, mounts);
    assert.ok(other, "nobody knows them as ours: they are left alone");
    const ownDevices = new Set(layersAt(table(), place.target).map(({ device }) => device));
    const { cleared, obstacle } = await clearMounts(place.target, mounts, { ownDevices });
    assert.deepEqual([cleared.length, obstacle], [3, undefined]);
    assert.deepEqual(layersAt(table(), place.target), []);
    assert.equal(Deno.readTextFileSync(`${place.target}/below`), "stays");
    assert.equal(Deno.readTextFileSync(`${place.source}/file`), "content");
  },
});

Deno.test({
  name: "a mount is asked by a child: it answers, is silent while stopped, is stale when dead",
  ignore,
  fn: async () => {
    const processes = systemProcesses(new Sink(Deno.stdout), new Sink(Deno.stderr));
    const self = [Deno.execPath(), "run", "--allow-all", "--no-check", MAIN];
    try {
      await using place = new Place(processes);
      const children = mountAskers(self, processes);
      const ask = (deadline: number): Promise<string> => children.ask(place.target, deadline);
      const daemon = await place.mount("fsname=other");
      assert.equal(await ask(20_000), "answers");
      assert.equal(await children.walk(place.target, 20_000), true);
      daemon.kill("SIGSTOP");
      const before = childPids().length;
      assert.equal(await ask(300), "silent");
      assert.equal(await ask(300), "silent", "no second child is sent after the first");
      assert.equal(childPids().length, before + 1);
      daemon.kill("SIGCONT");
      assert.equal(await ask(20_000), "answers", "the child that waited tells");
      daemon.kill("SIGKILL");
      await daemon.ended;
      assert.equal(await ask(20_000), "stale");
      assert.equal(await children.walk(place.target, 20_000), true, "a dead mount has no names");
      const mounts = systemMounts(children);
      const { cleared } = await clearMounts(place.target, mounts, { askDeadline: 20_000 });
      assert.deepEqual(cleared.map(({ kind }) => kind), ["stale"]);
    } finally {
      await processes.close();
    }
  },
});

Deno.test({
  name: "fusectl tells how many wait, and ends a connection",
  ignore,
  fn: async () => {
    await using place = new Place();
    const daemon = await place.mount();
    const connections = fuseConnections(`${place.root}/run`);
    try {
      const minor = minorOf(layersAt(table(), place.target)[0]?.device ?? "");
      await eventually("nobody waits", () => connections.waiting(minor) === 0);
      assert.equal(connections.waiting("999999"), undefined);
      daemon.kill("SIGSTOP");
      const waiter = new Deno.Command("stat", {
        args: ["-f", place.target],
        stdout: "null",
        stderr: "null",
      })
        .spawn();
      await eventually("a request waits", () => (connections.waiting(minor) ?? 0) > 0);
      assert.equal(connections.abort(minor), true);
      assert.notEqual((await waiter.status).code, 0, "whoever waited gets an error");
    } finally {
      await connections.close();
    }
    assert.ok(!table().some(({ path }) => path.startsWith(`${place.root}/run`)), "unmounted again");
  },
});

/** What is wrong with a folder, empty for one that is ready. */
function problem(path: string): string {
  const prepared = prepareFolder(path, table, systemFolders);
  return prepared.kind === "problem" ? prepared.message : "";
}

Deno.test({
  name: "a folder is prepared for real: made, freed of empty mnt-N, refused when it holds data",
  ignore,
  fn: async () => {
    await using place = new Place();
    const path = `${place.root}/new/thin-fuse`;
    const prepared = prepareFolder(path, table, systemFolders);
    assert.equal(prepared.kind, "ready");
    assert.equal(prepareFolder(path, table, systemFolders).kind, "taken");
    if (prepared.kind === "ready") prepared.release();
    assert.ok(Deno.statSync(path).isDirectory);
    Deno.mkdirSync(`${path}/mnt-0`);
    Deno.mkdirSync(`${path}/mnt-1`);
    Deno.writeTextFileSync(`${path}/mnt-1/data`, "precious");
    assert.match(problem(path), /"mnt-1"/);
    assert.deepEqual([...Deno.readDirSync(path)].map(({ name }) => name), ["mnt-1"]);
    assert.equal(Deno.readTextFileSync(`${path}/mnt-1/data`), "precious");
    Deno.writeTextFileSync(`${place.root}/file`, "");
    assert.match(problem(`${place.root}/file/below`), /Cannot use/);
  },
});

Deno.test({
  name: "a folder on a mount that does not answer is pinned without asking it",
  ignore,
  fn: async () => {
    await using place = new Place();
    const daemon = await place.mount();
    daemon.kill("SIGSTOP");
    const pinned = systemFolders.pin(place.target);
    try {
      assert.equal(pinned?.mountId, layersAt(table(), place.target)[0]?.id);
    } finally {
      pinned?.close();
    }
    const prepared = prepareFolder(place.target, table, systemFolders);
    assert.equal(prepared.kind, "covered", "what may hang is not asked");
  },
});

Deno.test({
  name: "the kernel tells of mounts and unmounts at once",
  ignore,
  fn: async () => {
    await using place = new Place();
    const poller = new Poller();
    const held = new HeldMountTable();
    let changes = 0;
    const stop = poller.watchMounts(() => changes++);
    try {
      assert.deepEqual(layersAt(parseMountinfo(held.read()), place.target), []);
      await place.mount();
      await eventually("the mount is told", () => changes > 0);
      assert.equal(layersAt(parseMountinfo(held.read()), place.target).length, 1);
      const before = changes;
      await systemMounts().detach(place.target);
      await eventually("the unmount is told", () => changes > before);
      assert.deepEqual(layersAt(parseMountinfo(held.read()), place.target), []);
      stop();
    } finally {
      await poller.close();
      held.close();
    }
  },
});

Deno.test("kubelet's swap of ..data is told; a watch that ended tells nothing", async () => {
  const folder = Deno.makeTempDirSync();
  const poller = new Poller();
  let changes = 0;
  try {
    for (const version of ["1", "2"]) {
      Deno.mkdirSync(`${folder}/..${version}`);
      Deno.writeTextFileSync(`${folder}/..${version}/runtime.json`, version);
    }
    Deno.symlinkSync("..1", `${folder}/..data`);
    Deno.symlinkSync("..data/runtime.json", `${folder}/runtime.json`);
    const stop = poller.watchFolder(folder, () => changes++);
    Deno.symlinkSync("..2", `${folder}/..data_tmp`);
    Deno.renameSync(`${folder}/..data_tmp`, `${folder}/..data`);
    await eventually("the swap is told", () => changes > 0);
    assert.equal(Deno.readTextFileSync(`${folder}/runtime.json`), "2");
    stop();
    let others = 0;
    const other = poller.watchFolder(folder, () => others++);
    const before = changes;
    Deno.writeTextFileSync(`${folder}/more`, "");
    await eventually("the other watch is told", () => others > 0);
    assert.equal(changes, before);
    other();
  } finally {
    await poller.close();
    Deno.removeSync(folder, { recursive: true });
  }
});
