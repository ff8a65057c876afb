import assert from "node:assert/strict";
import { eventually, steadily } from "../../support/eventually.ts";
import { assertEnded, assertHealthy, assertStops, fault } from "../../support/fault.ts";
import { executable, missing } from "../../support/requirements.ts";

for (const pid1 of [true, false]) {
  const as = pid1 ? "as PID 1" : "as a child";

  for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
    fault(`${signal} ${as}: stopped in order, exit 0`, { pid1 }, async (run) => {
      await run.start();
      await run.mounted();
      run.signal(signal);
      await assertEnded(run, 0);
    });
  }

  fault(`SIGHUP ${as}, nothing changed: the mount stays`, { pid1, plan: ["raw"] }, async (run) => {
    await run.start();
    const old = await run.mounted();
    run.signal("SIGHUP");
    await steadily("the number of starts", 1, 800, () => run.starts().length);
    assert.deepEqual(await run.mounted(), old);
    await assertHealthy(run);
    await assertStops(run);
  });

  fault(`SIGUSR1 ${as}: a hot reload`, { pid1, plan: ["raw"] }, async (run) => {
    await run.start();
    const old = await run.mounted();
    run.signal("SIGUSR1");
    await eventually("the successor", () => run.starts().length === 2);
    await eventually("it serves alone", () => run.servers().length === 1);
    assert.deepEqual(await run.mounted(), old);
    await assertHealthy(run);
    await assertStops(run);
  });

  fault(`SIGUSR2, SIGPIPE, SIGALRM and SIGWINCH ${as}: nothing happens`, { pid1 }, async (run) => {
    await run.start();
    const old = await run.mounted();
    for (const signal of ["SIGUSR2", "SIGPIPE", "SIGWINCH"] as const) run.signal(signal);
    if (pid1) run.signal("SIGALRM");
    await steadily("the number of starts", 1, 500, () => run.starts().length);
    assert.deepEqual(await run.mounted(), old);
    await assertHealthy(run);
    await assertStops(run);
  });

  for (const afterMs of [0, 15, 50, 100]) {
    fault(`SIGTERM ${as}, ${afterMs} ms after it can be heard: nothing is left`, {
      pid1,
    }, async (run) => {
      await run.start();
      // Before it has a handler the kernel keeps every signal from PID 1.
      while (!catches(run.pid, 15)) {
        if (run.ended) throw new Error("it ended by itself");
      }
      if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
      run.signal("SIGTERM");
      // In the first moment the runtime catches it, and nobody of ours listens yet.
      const atOnce = await run.exitCode() === 143;
      await assertEnded(run, atOnce ? 143 : 0);
      if (atOnce) assert.deepEqual(run.starts(), []);
    });
  }

  fault(`a storm of signals ${as} that ends in TERM: exit 0, nothing left`, {
    pid1,
    plan: ["raw"],
  }, async (run) => {
    await run.start();
    await run.mounted();
    for (
      const signal of ["SIGHUP", "SIGUSR1", "SIGUSR2", "SIGHUP", "SIGUSR1", "SIGTERM"] as const
    ) {
      run.signal(signal);
    }
    await assertEnded(run, 0);
  });
}

fault("a second TERM hurries", {
  plan: ["ignore=TERM mount"],
  env: { CURVINE_FLUID_STOP_TIMEOUT: "60s" },
}, async (run) => {
  await run.start();
  await run.mounted();
  run.signal("SIGTERM");
  await steadily("it waits for the daemon", false, 500, () => run.ended);
  run.signal("SIGTERM");
  await assertEnded(run, 0);
});

fault("TERM before the mount is there", { plan: ["sleep=300 mount"] }, async (run) => {
  await run.start();
  await eventually("the daemon was started", () => run.starts().length === 1);
  await assertStops(run);
});

fault("TERM in the backoff", {
  plan: ["exit=1"],
  env: {
    CURVINE_FLUID_RESTART_LIMIT: "0",
    CURVINE_FLUID_RESTART_DELAY: "60s",
    CURVINE_FLUID_RESTART_MAX_DELAY: "60s",
  },
}, async (run) => {
  await run.start();
  await eventually("the backoff", () => run.starts().length === 2);
  await assertStops(run);
});

fault("POST /stop: as TERM", {}, async (run) => {
  await run.start();
  await run.mounted();
  assert.ok((await run.control("/stop", "POST")).status < 300);
  await assertEnded(run, 0);
});

fault("an announced unmount (preStop) ends us with 0", {}, async (run) => {
  await run.start();
  await run.mounted();
  assert.equal((await run.inside([EXECUTABLE, "unmount"])).code, 0);
  await assertEnded(run, 0);
});

fault("the preStop `umount TARGET` through our link ends us with 0", {}, async (run) => {
  await run.start();
  await run.mounted();
  const link = `${run.root}/umount`;
  Deno.symlinkSync(EXECUTABLE, link);
  assert.equal((await run.inside([link, run.target])).code, 0);
  await assertEnded(run, 0);
});

fault("a second one in the same container: refused, the first is not hurt", {}, async (run) => {
  await run.start();
  const old = await run.mounted();
  const second = await run.inside([EXECUTABLE, "fluid-thin-runtime"]);
  assert.equal(second.code, 75, second.stderr);
  assert.deepEqual(await run.mounted(), old);
  assert.equal(run.starts().length, 1);
  await assertHealthy(run);
  await assertStops(run);
});

fault("killed as PID 1: the next container clears what is left", {}, async (run) => {
  await run.start();
  await run.mounted();
  run.signal("SIGKILL");
  await run.exitCode();
  assert.equal(run.layers().length, 1, "a stale layer on the host");
  await run.start();
  await assertHealthy(run);
  await assertStops(run);
});

fault(
  "killed as a child: the next one takes over from its daemon",
  { pid1: false },
  async (run) => {
    await run.start();
    await run.mounted();
    run.signal("SIGKILL");
    await run.exitCode();
    await run.start();
    await run.mounted();
    await eventually("the old daemon ends", () => run.servers().length === 1);
    await assertHealthy(run);
    await assertStops(run);
  },
);

for (
  const [what, launch] of [
    ["closed", `exec "$@" >&- 2>&- <&-`],
    [
      "a pipe whose reader has gone",
      'mkfifo "$ROOT/pipe"; sleep 0.2 <"$ROOT/pipe" & exec "$@" >"$ROOT/pipe" 2>&1',
    ],
    ["a full disk", `exec "$@" >/dev/full 2>&1`],
  ] as const
) {
  fault(`our stdout and stderr are ${what}: all works`, {
    plan: ["say=hello complain=hello mount"],
    launch,
  }, async (run) => {
    await run.start();
    const old = await run.mounted();
    await eventually(
      "the reader has gone",
      () => !run.processes().some(({ name }) => name === "sleep"),
    );
    Deno.kill(run.daemon().pid, "SIGKILL");
    await run.remounted(old);
    await assertHealthy(run);
    await assertStops(run);
  });
}

fault("our stdout and stderr are a pipe that nobody reads: all works", {
  plan: ["flood mount"],
  launch: 'mkfifo "$ROOT/pipe"; sleep 1000 <"$ROOT/pipe" & exec "$@" >"$ROOT/pipe" 2>&1',
}, async (run) => {
  await run.start();
  const old = await run.mounted();
  Deno.kill(run.daemon().pid, "SIGKILL");
  await run.remounted(old);
  assert.equal((await run.control("/livez")).status, 200);
  run.signal("SIGTERM");
  assert.equal(await run.exitCode(), 0);
  assert.deepEqual(run.hostMounts(), []);
});

for (
  const [what, before] of [
    [
      "full",
      `mkdir "$ROOT/run"; mount -t tmpfs -o size=4k,nr_inodes=2 tmpfs "$ROOT/run"
head -c 4096 /dev/zero >"$ROOT/run/full"`,
    ],
    ["read-only", `mkdir "$ROOT/run"; mount -t tmpfs -o ro tmpfs "$ROOT/run"`],
    ["a file", `touch "$ROOT/run"`],
  ] as const
) {
  fault(`the run directory is ${what}: another one is taken`, { before }, async (run) => {
    await run.start();
    const old = await run.mounted();
    await eventually(
      "health answers",
      async () => (await run.inside([EXECUTABLE, "health", "--ready"])).code === 0,
    );
    Deno.kill(run.daemon().pid, "SIGKILL");
    await run.remounted(old);
    await assertStops(run);
  });
}

fault("the root file system is read-only: all works", {
  before: `mkdir "$ROOT/out"; ln -s out/stdout "$ROOT/stdout"; ln -s out/stderr "$ROOT/stderr"
for folder in home/conf home/lib/standin state out; do
  mount --bind "$ROOT/$folder" "$ROOT/$folder"
done
exec >>"$ROOT/out/stdout" 2>>"$ROOT/out/stderr"
mount -o remount,bind,ro /`,
  launch: 'exec "$@"',
}, async (run) => {
  await run.start();
  const old = await run.mounted();
  assert.notEqual((await run.inside(["touch", `${run.root}/x`])).code, 0, "it is read-only");
  assert.equal((await run.inside([EXECUTABLE, "health", "--ready"])).code, 0);
  Deno.kill(run.daemon().pid, "SIGKILL");
  await run.remounted(old);
  await assertHealthy(run);
  await assertStops(run);
});

fault("the disk is full at the start: said so, nothing is started", {
  before: `mount -t tmpfs -o size=4k tmpfs "$ROOT/home/conf"
head -c 4096 /dev/zero >"$ROOT/home/conf/full"`,
}, async (run) => {
  await run.start();
  await assertEnded(run, 71);
  assert.deepEqual(run.starts(), []);
  assert.match(run.stderr(), /No space left|ENOSPC|os error 28/);
});

fault("the disk is full when the config changes: the mount stays", {
  plan: ["raw"],
  before: 'mount -t tmpfs -o size=64k tmpfs "$ROOT/home/conf"',
}, async (run) => {
  await run.start();
  const old = await run.mounted();
  const conf = `${run.root}/home/conf`;
  await run.inside(["sh", "-c", 'cat /dev/zero >"$1/full"', "sh", conf]);
  run.config.write(run.configText({ io_threads: "8" }));
  await steadily("the number of starts", 1, 1_500, () => run.starts().length);
  assert.deepEqual(await run.mounted(), old);
  await run.inside(["rm", `${conf}/full`]);
  run.signal("SIGHUP");
  await eventually("the change counts now", () => run.starts().length === 2);
  assert.match(run.standInFile("conf.2"), /^io_threads = 8$/m);
  await run.mounted();
  await assertStops(run);
});

fault("the termination log cannot be written: the exit code is the daemon's", {
  plan: ["exit=41"],
  env: {
    CURVINE_FLUID_RESTART_LIMIT: "2",
    CURVINE_FLUID_TERMINATION_LOG: "/proc/nowhere/termination-log",
  },
}, async (run) => {
  await run.start();
  await assertEnded(run, 41);
});

fault("no descriptor is left when the daemon dies: mounted again once there are some", {
  env: { CURVINE_FLUID_RESTART_LIMIT: "0" },
}, async (run) => {
  await run.start();
  const old = await run.mounted();
  const limit = (count: string): Promise<unknown> =>
    run.onHost(["prlimit", `--pid=${run.pid}`, `--nofile=${count}`]);
  const open = [...Deno.readDirSync(`/proc/${run.pid}/fd`)].length;
  await limit(`${open}:4096`);
  Deno.kill(run.daemon().pid, "SIGKILL");
  await steadily("it lives", false, 1_000, () => run.ended);
  await limit("4096:4096");
  await run.remounted(old);
  await assertHealthy(run);
  await assertStops(run);
});

for (const pid1 of [true, false]) {
  fault(`exceptions inside our handlers, /proc is gone (${pid1 ? "PID 1" : "a child"}): all ends`, {
    pid1,
  }, async (run) => {
    await run.start();
    await run.mounted();
    // Whatever reads the mount table now throws, in whichever handler it is.
    assert.equal((await run.inside(["umount", "-l", "/proc"])).code, 0);
    Deno.kill(run.daemon().pid, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (!run.ended) run.signal("SIGTERM");
    const code = await run.exitCode();
    assert.ok([0, 70, 71].includes(code), `exit code ${code}`);
    await assertEnded(run, code);
  });
}

fault("the TCP address is taken: said so, all else works", {
  before: `python3 -c '
import socket, sys, time
taken = socket.create_server(("127.0.0.1", 0))
print(taken.getsockname()[1], flush=True)
time.sleep(100000)' >"$ROOT/port" &
until [ -s "$ROOT/port" ]; do sleep 0.01; done
export CURVINE_FLUID_HTTP_ADDR="127.0.0.1:$(cat "$ROOT/port")"`,
}, async (run) => {
  await run.start();
  await run.mounted();
  await eventually("it is ready", async () => (await run.control("/readyz")).status === 200);
  assert.match(run.stderr(), new RegExp(Deno.readTextFileSync(`${run.root}/port`).trim()));
  await assertHealthy(run);
  await assertStops(run);
});

fault("we are frozen while the daemon dies: made good on waking", {}, async (run) => {
  await run.start();
  const old = await run.mounted();
  const daemon = run.daemon().pid;
  run.signal("SIGSTOP");
  Deno.kill(daemon, "SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  run.signal("SIGCONT");
  await run.remounted(old);
  await assertHealthy(run);
  assert.equal(run.coldStarts(), 2);
  await assertStops(run);
});

if (!missing("tool:cc")) {
  for (const jump of [86_400 * 365, -86_400 * 365]) {
    fault(`the clock jumps by ${jump / 86_400} days: nothing happens`, {
      before: `cc -shared -fPIC -o "$ROOT/clock_jump.so" "${clockJumpSource()}" -ldl
export LD_PRELOAD="$ROOT/clock_jump.so" CLOCK_JUMP_FILE="$ROOT/jump"`,
    }, async (run) => {
      await run.start();
      const old = await run.mounted();
      Deno.writeTextFileSync(`${run.root}/jump`, `${jump}`);
      await steadily("the number of starts", 1, 1_000, () => run.starts().length);
      assert.deepEqual(await run.mounted(), old);
      await assertHealthy(run);
      // Two deaths: at once the first time, after a backoff the second time.
      Deno.kill(run.daemon().pid, "SIGKILL");
      const second = await run.remounted(old);
      Deno.kill(run.daemon().pid, "SIGKILL");
      Deno.writeTextFileSync(`${run.root}/jump`, "0");
      await run.remounted(second);
      await assertHealthy(run);
      await assertStops(run);
    });
  }
}

const EXECUTABLE = new URL("../../../dist/curvine-fluid", import.meta.url).pathname;

/** Whether a process has a handler for a signal, as the kernel sees it. */
function catches(pid: number, signal: number): boolean {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const caught = BigInt(`0x${/^SigCgt:\s*(\w+)/m.exec(status)?.[1] ?? "0"}`);
  return (caught & (1n << BigInt(signal - 1))) !== 0n;
}

function clockJumpSource(): string {
  return new URL("../../support/clock_jump.c", import.meta.url).pathname;
}

const BLOCK_ALL = `exec python3 -c '
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
os.execvp(sys.argv[1], sys.argv[1:])' "$@" >>"$ROOT/stdout" 2>>"$ROOT/stderr"`;

for (const pid1 of [true, false]) {
  fault(`started with every signal blocked, ${pid1 ? "as PID 1" : "as a child"}: all are heard`, {
    pid1,
    plan: ["raw,orphan"],
    launch: BLOCK_ALL,
  }, async (run) => {
    await run.start();
    await run.mounted();
    run.signal("SIGUSR1");
    await eventually("the successor", () => run.starts().length === 2);
    await eventually("it serves alone", () => run.servers().length === 1);
    await assertHealthy(run);
    await assertStops(run);
  });
}

fault("started with TERM blocked and waiting: it ends as a TERM in time ends us", {
  launch: BLOCK_ALL.replace("os.execvp", "os.kill(os.getpid(), signal.SIGTERM); os.execvp"),
}, async (run) => {
  await run.start();
  await assertEnded(run, 0);
});

for (
  const [what, setup, code, words] of [
    ["a wrong configuration", { options: { io_threads: "many" } }, 78, /io_threads.*"many"/],
    [
      "a wrong setting",
      { env: { CURVINE_FLUID_STOP_TIMEOUT: "soon" } },
      78,
      /STOP_TIMEOUT.*"soon"/,
    ],
    [
      "a wrong word",
      { launch: 'exec "$1" fluid-thin-runtime strat >>"$ROOT/stdout" 2>>"$ROOT/stderr"' },
      64,
      /"strat" is none of start/,
    ],
    [
      "a command that is not there",
      {
        env: { FLUID_RUNTIME_TYPE: "", FLUID_RUNTIME_CONFIG_PATH: "" },
        launch: 'exec "$1" no-such-tool >>"$ROOT/stdout" 2>>"$ROOT/stderr"',
      },
      127,
      /"no-such-tool".*does not exist/,
    ],
    [
      "a configuration that cannot be written",
      { before: 'mount -t tmpfs -o ro none "$ROOT/home/conf"' },
      71,
      /Cannot write the configuration/,
    ],
  ] as const
) {
  fault(`the reason is left in the termination log: ${what}`, setup, async (run) => {
    await run.start();
    assert.equal(await run.exitCode(), code);
    assert.match(run.terminationLog(), words);
  });
}

fault("while it starts, status shows what the daemon says", {
  plan: ["complain=no-master-answers never"],
}, async (run) => {
  await run.start();
  await eventually("its words are told", async () => {
    const lines = (await run.status())["daemon_last_lines"] as string[];
    return lines.includes("no-master-answers");
  });
  assert.match((await run.inside([executable, "status"])).stdout, /^said +no-master-answers$/m);
  await assertStops(run);
});

fault("a daemon that is ended by TERM until we give up: no end that reads like a stop", {
  plan: ["kill=TERM"],
  env: { CURVINE_FLUID_RESTART_LIMIT: "2" },
}, async (run) => {
  await run.start();
  await assertEnded(run, 1);
  assert.match(run.terminationLog(), /killed by SIGTERM/);
});
