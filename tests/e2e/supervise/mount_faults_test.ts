import assert from "node:assert/strict";
import { eventually, steadily } from "../../support/eventually.ts";
import { assertEnded, assertHealthy, assertStops, fault } from "../../support/fault.ts";
import { hasOpen, waitsForFuse } from "../../support/process_table.ts";
import { type FaultRun, type FaultSetup, HANGS } from "../../support/fault_run.ts";

const NO_FUSECTL = "umount -l /sys/fs/fuse/connections 2>/dev/null || :";
const FUSECTL =
  "mountpoint -q /sys/fs/fuse/connections || mount -t fusectl fusectl /sys/fs/fuse/connections";

/** Makes the daemon mute, lets somebody ask, and waits for the rescue. */
async function hangAndRecover(run: FaultRun): Promise<void> {
  await run.start();
  const old = await run.mounted();
  run.tellStandIn("mute");
  const reader = run.spawnOnHost(["ls", run.target]);
  await eventually("it is not ready", async () => (await run.control("/readyz")).status === 503);
  assert.equal((await run.control("/livez")).status, 200, "alive all the while");
  await run.remounted(old);
  assert.notEqual((await reader.status).code, 0, "the one who waited got an error");
  await assertHealthy(run);
}

for (const [name, before] of [["missing", NO_FUSECTL], ["mounted", FUSECTL]] as const) {
  fault(
    `the daemon reads requests and never replies, fusectl ${name}: mounted again`,
    { plan: ["raw", "mount"], before, env: HANGS },
    async (run) => {
      await hangAndRecover(run);
      assert.match(run.stderr(), /wchan|stack|State:|fuse_/, "its stacks were written down");
      await assertStops(run);
    },
  );
}

fault(
  "the daemon hangs and we run as a child",
  { pid1: false, plan: ["raw", "mount"], env: HANGS },
  async (run) => {
    await hangAndRecover(run);
    await assertStops(run);
  },
);

fault(
  "hang limit 0: a mount that never replies is left alone, and a stop still ends",
  { plan: ["raw"], env: { CURVINE_FLUID_HANG_TIMEOUT: "0" } },
  async (run) => {
    await run.start();
    await run.mounted();
    run.tellStandIn("mute");
    const reader = run.spawnOnHost(["ls", run.target]);
    await steadily("the number of starts", 1, 1_500, () => run.starts().length);
    await assertStops(run);
    await reader.status;
  },
);

fault(
  "a daemon that is slow for less than the limit is left alone",
  {},
  async (run) => {
    await run.start();
    const old = await run.mounted();
    const daemon = run.daemon().pid;
    Deno.kill(daemon, "SIGSTOP");
    const reader = run.spawnOnHost(["cat", `${run.target}/deep/er/and deeper/0`]);
    await steadily("the number of starts", 1, 1_200, () => run.starts().length);
    Deno.kill(daemon, "SIGCONT");
    assert.equal((await reader.status).code, 0, "the one who waited got an answer");
    await eventually("it is ready", async () => (await run.control("/readyz")).status === 200);
    assert.equal((await run.mounted()).id, old.id);
    await assertStops(run);
  },
);

for (const pid1 of [true, false]) {
  const as = pid1 ? "as PID 1" : "as a child";

  fault(`a stale mount (ENOTCONN) at start (we run ${as}): cleared`, { pid1 }, async (run) => {
    await run.leaveStaleLayer();
    await run.start();
    await assertHealthy(run);
    assert.equal(run.starts().length, 1);
    await assertStops(run);
  });
}

fault("three stacked stale layers at start: all cleared", {}, async (run) => {
  const daemons = [await run.mountOnHost(), await run.mountOnHost(), await run.mountOnHost()];
  for (const daemon of daemons) {
    daemon.kill("SIGKILL");
    await daemon.status;
  }
  assert.equal(run.layers().length, 3);
  await run.start();
  await assertHealthy(run);
  await assertStops(run);
});

fault("another client's live layer between stale ones stays, and we stand by", {}, async (run) => {
  const daemons = [await run.mountOnHost(), await run.mountOnHost(), await run.mountOnHost()];
  for (const daemon of [daemons[0], daemons[2]]) {
    daemon?.kill("SIGKILL");
    await daemon?.status;
  }
  await run.start();
  await eventually("it stands by", async () => (await run.status())["state"] === "standing-by");
  assert.equal(run.layers().length, 2, "only the dead layer on top is gone");
  assert.ok(await run.readsCanary());
  daemons[1]?.kill("SIGKILL");
  await assertHealthy(run);
  await assertStops(run);
});

/** Where a stale mount is cleared at the start, and another one after a death. */
const CLEARED: Readonly<Record<string, FaultSetup>> = {
  "without umount and fusermount, which nobody needs for that": {
    before: "for tool in umount fusermount fusermount3; do for path in /bin /usr/bin /usr/sbin; " +
      "do [ ! -e $path/$tool ] || mount --bind /bin/false $path/$tool; done; done",
  },
  "at a target with spaces, \\040 and newlines": { target: "a b\\040c\nd" },
};
for (const [where, setup] of Object.entries(CLEARED)) {
  fault(`stale mounts are cleared ${where}`, setup, async (run) => {
    await run.leaveStaleLayer();
    await run.start();
    const old = await run.mounted();
    Deno.kill(run.daemon().pid, "SIGKILL");
    await run.remounted(old);
    await assertHealthy(run);
    await assertStops(run);
  });
}

fault("somebody unmounts the target: mounted again", {}, async (run) => {
  await run.start();
  const old = await run.mounted();
  assert.equal((await run.onHost(["umount", run.target])).code, 0);
  await run.remounted(old);
  await assertHealthy(run);
  await assertStops(run);
});

fault("somebody detaches the busy target (umount -l): mounted again", {}, async (run) => {
  await run.start();
  const old = await run.mounted();
  // With its file open the old daemon would live on, unseen.
  const reader = run.spawnOnHost(["tail", "-f", `${run.target}/canary`]);
  await eventually("the reader reads", () => hasOpen(reader.pid, "/canary"));
  assert.equal((await run.onHost(["umount", "-l", run.target])).code, 0);
  await run.remounted(old);
  await assertHealthy(run);
  await assertStops(run);
});

fault("somebody mounts over the target: not ready, and left alone", {}, async (run) => {
  await run.start();
  await run.mounted();
  await run.onHost(["mount", "-t", "tmpfs", "tmpfs", run.target]);
  await run.onHost(["cp", `${run.root}/source/canary`, `${run.target}/canary`]);
  await eventually("it is not ready", async () => (await run.control("/readyz")).status === 503);
  await steadily("the upper mount", "tmpfs", 600, () => run.layers().at(-1)?.type);
  assert.ok(await run.readsCanary(), "its file is there");
  await run.onHost(["umount", run.target]);
  await eventually("it is ready", async () => (await run.control("/readyz")).status === 200);
  await assertHealthy(run);
  await assertStops(run);
});

for (const plan of ["mount", "raw,term=busy"]) {
  fault(`the mount is busy on stop (${plan}): detached`, { plan: [plan] }, async (run) => {
    await run.start();
    await run.mounted();
    const folder = `${run.target}/deep`;
    const user = run.spawnOnHost(["sh", "-c", 'cd "$1" && exec tail -f ../canary', "sh", folder]);
    await eventually("the user reads", () => hasOpen(user.pid, "/canary"));
    await assertStops(run);
  });
}

for (const plan of ["mount", "raw"]) {
  fault(`the mount hangs on stop (${plan}): gone all the same`, {
    plan: [plan],
    env: { CURVINE_FLUID_HANG_TIMEOUT: "0", CURVINE_FLUID_STOP_TIMEOUT: "2s" },
  }, async (run) => {
    await run.start();
    await run.mounted();
    run.tellStandIn("mute");
    if (plan === "mount") Deno.kill(run.daemon().pid, "SIGSTOP");
    const reader = run.spawnOnHost(["ls", run.target]);
    await eventually("somebody waits", () => waitsForFuse(reader.pid));
    await assertStops(run);
    await reader.status;
  });
}

fault("a live foreign mount at the target: refused and left alone", {}, async (run) => {
  Deno.mkdirSync(run.target);
  await run.onHost(["mount", "-t", "tmpfs", "tmpfs", run.target]);
  await run.onHost(["cp", `${run.root}/source/canary`, `${run.target}/canary`]);
  await run.start();
  assert.equal(await run.exitCode(), 71);
  assert.deepEqual(run.processes(), []);
  assert.deepEqual(run.layers().map(({ type }) => type), ["tmpfs"]);
  assert.ok(await run.readsCanary(), "its file is there");
  assert.deepEqual(run.starts(), []);
  assert.match(run.stderr(), /thin-fuse.*(canary|tmpfs)/, "where, and what was found");
  assert.match(run.terminationLog(), /thin-fuse.*(canary|tmpfs)/);
});

for (const [name, signal] of [["live", undefined], ["hanging", "SIGSTOP"]] as const) {
  fault(`a ${name} foreign FUSE mount at the target: refused and left alone`, {}, async (run) => {
    Deno.mkdirSync(run.target);
    const options = ["-o", "subtype=somebodys"];
    const other = run.spawnOnHost(["bindfs", "-f", ...options, `${run.root}/source`, run.target]);
    await eventually("it is mounted", () => run.layers().length === 1);
    if (signal) other.kill(signal);
    await run.start();
    assert.equal(await run.exitCode(), 71);
    assert.deepEqual(run.layers().map(({ type }) => type), ["fuse.somebodys"]);
    if (signal) other.kill("SIGCONT");
    assert.ok(await run.readsCanary(), "it serves");
    assert.deepEqual(run.starts(), []);
    assert.deepEqual(run.processes(), []);
  });
}

fault("a non-empty target: refused, nothing deleted", {}, async (run) => {
  Deno.mkdirSync(`${run.target}/folder`, { recursive: true });
  Deno.writeTextFileSync(`${run.target}/folder/precious`, "somebody's only copy");
  await run.remember();
  await run.start();
  await assertEnded(run, 71);
  assert.deepEqual(run.starts(), []);
  assert.match(run.stderr(), /folder/);
  assert.match(run.terminationLog(), /thin-fuse/);
});

fault("files below a stale mount: refused, nothing deleted", {}, async (run) => {
  Deno.mkdirSync(`${run.target}/folder`, { recursive: true });
  Deno.writeTextFileSync(`${run.target}/folder/precious`, "somebody's only copy");
  await run.remember();
  await run.leaveStaleLayer();
  await run.start();
  await assertEnded(run, 71);
  assert.deepEqual(run.starts(), []);
});

fault("/dev/fuse is missing: given up, said why", {
  env: { CURVINE_FLUID_RESTART_LIMIT: "2" },
  before: 'mkdir "$ROOT/dev"; mount -t tmpfs tmpfs "$ROOT/dev"\n' +
    "for node in null zero full random urandom tty; do\n" +
    '  touch "$ROOT/dev/$node"; mount --bind /dev/$node "$ROOT/dev/$node"\n' +
    'done; mount --rbind "$ROOT/dev" /dev',
}, async (run) => {
  await run.start();
  await assertEnded(run, 1);
  assert.match(run.terminationLog(), /fuse/);
  assert.match(run.terminationLog() + run.stderr(), /\/dev\/fuse|fuse: device not found/);
});

fault("a target's name that begins another's: the neighbour's mount stays", {}, async (run) => {
  const other = await run.mountOnHost(`${run.target}-2`);
  await run.leaveStaleLayer();
  await run.start();
  await assertHealthy(run);
  run.signal("SIGTERM");
  assert.equal(await run.exitCode(), 0);
  assert.deepEqual(run.hostMounts().map(({ path }) => path), [`${run.target}-2`]);
  other.kill("SIGTERM");
  await other.status;
});

fault("mnt_number 3: three layers, all cleared after a kill, no folder left in the way", {
  plan: ["raw", "raw,restore=refuse", "raw"],
  options: { mnt_number: "3" },
}, async (run) => {
  const paths = [0, 1, 2].map((number) => `${run.target}/mnt-${number}`);
  const serves = async (): Promise<boolean> => {
    const answers = await Promise.all(paths.map((path) => run.onHost(["cat", `${path}/canary`])));
    return answers.every(({ stdout }) => stdout === "alive\n") &&
      JSON.stringify(run.layers().map(({ path }) => path).sort()) === JSON.stringify(paths);
  };
  await run.start();
  await eventually("three mounts serve", serves);
  await run.decided();
  Deno.kill(run.daemon().pid, "SIGKILL");
  await eventually(
    "three mounts serve again",
    async () => run.starts().length === 3 && await serves(),
  );
  await assertStops(run);
});

fault("another client's mount that hangs stays until it is dead", {}, async (run) => {
  const daemon = await run.mountOnHost();
  daemon.kill("SIGSTOP");
  const reader = run.spawnOnHost(["ls", run.target]);
  await eventually("somebody waits", () => waitsForFuse(reader.pid));
  await run.start();
  await eventually("it stands by", async () => (await run.status())["state"] === "standing-by");
  assert.equal((await run.status())["ready"], false);
  daemon.kill("SIGKILL");
  await assertHealthy(run);
  await assertStops(run);
});

fault("the target is a symbolic link: mounted where it leads, once", {
  before: 'mkdir -p "$ROOT/host/real" && ln -s real "$TARGET"',
}, async (run) => {
  const served = async (): Promise<boolean> => {
    const { stdout } = await run.onHost(["cat", `${run.target}/canary`]);
    const paths = run.hostMounts().map(({ path }) => path);
    return stdout === "alive\n" && paths.length === 1 && paths[0] === `${run.root}/host/real`;
  };
  await run.start();
  await eventually("it serves", served);
  Deno.kill(run.daemon().pid, "SIGKILL");
  await eventually("it serves again", async () => run.coldStarts() === 2 && await served());
  await assertStops(run);
});

fault("the target cannot be made: said so, nothing is started", {
  target: "neighbour/canary/mount",
}, async (run) => {
  await run.start();
  await assertEnded(run, 71);
  assert.deepEqual(run.starts(), []);
  assert.match(run.stderr(), /neighbour\/canary/);
});

fault("somebody unmounts, and TERM comes at once: ended, exit 0", {}, async (run) => {
  await run.start();
  await run.mounted();
  assert.equal((await run.onHost(["umount", "-l", run.target])).code, 0);
  await assertStops(run);
});

/** Targets whose way leads nowhere: told as what they are, never as a bug, and nothing is started. */
const NOWHERE: readonly [what: string, setup: FaultSetup, words: RegExp][] = [
  ["a link to itself", { before: 'ln -s "$TARGET" "$TARGET"' }, /links on its way form a loop/],
  [
    "a loop of links on its way",
    { target: "a/thin", before: 'ln -s b "$ROOT/host/a"\nln -s a "$ROOT/host/b"' },
    /links on its way form a loop/,
  ],
  ["a name that is too long", { target: "n".repeat(256) }, /longer than Linux allows/],
  [
    "a path that is too long",
    { target: Array(20).fill("d".repeat(220)).join("/") },
    /longer than Linux allows/,
  ],
  ["a file", { before: 'echo data >"$TARGET"' }, /is a file and not a folder/],
  [
    "a file on its way",
    { target: "file/thin", before: 'echo data >"$ROOT/host/file"' },
    /is a file and not a folder/,
  ],
];
for (const [what, setup, words] of NOWHERE) {
  fault(`the target is ${what}: told as that, no bug of ours`, setup, async (run) => {
    await run.start();
    assert.equal(await run.exitCode(), 71);
    assert.match(run.terminationLog(), words);
    assert.doesNotMatch(run.stderr(), /bug|os error|error number/);
    assert.deepEqual(run.starts(), []);
    // What the test itself has made is no loss.
    await run.remember();
  });
}
