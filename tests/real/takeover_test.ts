import assert from "node:assert/strict";
import type { Status } from "../../lib/observe/status.ts";
import { READ_ON } from "../support/app_reader.ts";
import { WORK } from "../support/app_work.ts";
import { eventually } from "../support/eventually.ts";
import { S3Server } from "../support/s3_server.ts";
import { missingCurvine, RealCluster } from "./real_cluster.ts";
import { mountOf } from "./s3_mount.ts";

const ignore = missingCurvine();

/** So often a daemon is killed in a row. */
const KILLS = 20;

/** Deeper than a successor learns by itself. */
const DEEP = "a/b/c/d/e/f";

/** What a daemon took with it when it died. */
const IN_FLIGHT = /Bad file descriptor|Software caused connection abort/;

/** Reads a file that it keeps open, not out of the kernel's memory; after an error it opens it anew. */
const KEEP_OPEN = `
import os, sys, time
path, log, over = sys.argv[1], open(sys.argv[2], "w", buffering=1), sys.argv[3]
file = os.open(path, os.O_RDONLY)
while not os.path.exists(over):
    try:
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        log.write("ok\\n" if os.pread(file, 100, 0) == b"content\\n" else "wrong\\n")
    except OSError as error:
        log.write(os.strerror(error.errno) + "\\n")
        # Its handle is not known any more: that is told once more.
        try: os.close(file)
        except OSError: pass
        file = os.open(path, os.O_RDONLY)
    time.sleep(0.02)
`;

/** For whoever reads the run: what was measured. */
function tell(what: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`real Curvine: ${what}\n`));
}

/** The real daemon's process, seen from here. */
function daemonOf(cluster: RealCluster): number {
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const argv = Deno.readTextFileSync(`/proc/${name}/cmdline`).split("\0");
      // The successor of a hot reload is started by the program's path without links.
      const isDaemon = argv[0]?.endsWith("/lib/curvine-fuse") === true &&
        argv.some((word) => word.startsWith(cluster.dir));
      if (isDaemon && !Deno.readTextFileSync(`/proc/${name}/stat`).includes(") Z ")) {
        return Number(name);
      }
    } catch {
      // It ended meanwhile.
    }
  }
  throw new Error("No curvine-fuse lives");
}

/** Every kill is the first one after a good while, as in a life: there is no wait before it. */
const KILLED_NOW_AND_THEN = { CURVINE_FLUID_STABLE_AFTER: "1ms" };

async function statusOf(cluster: RealCluster): Promise<Status> {
  const { stdout } = await cluster.run("client", ["status", "--json"]);
  return JSON.parse(stdout) as Status;
}

Deno.test({
  name:
    "real Curvine: a daemon that is killed again and again keeps its mount, for a bind mount too",
  ignore,
  fn: async () => {
    await using cluster = await RealCluster.start({
      options: { client: { "fuse.entry_timeout_ms": "300000" } },
    });
    cluster.start("client", 0, KILLED_NOW_AND_THEN);
    await cluster.healthy("client");
    const deep = `${cluster.target}/a/b/c`;
    const file = `${deep}/file`;
    const bound = `${cluster.dir}/bound`;
    Deno.mkdirSync(bound);
    const made = await cluster.exec([
      "sh",
      "-c",
      'mkdir -p "$0" && echo content >"$0/file" && mount --bind "$1" "$2"',
      deep,
      cluster.target,
      bound,
    ]);
    assert.equal(made.code, 0, made.stderr);
    const reads = async (path: string): Promise<string> => {
      const { code, stdout, stderr } = await cluster.exec(["cat", path]);
      return code === 0 ? stdout : stderr;
    };
    assert.equal(await reads(file), "content\n");
    const status = await statusOf(cluster);
    assert.equal(status.takeover_problem, null);
    const answers = `${cluster.dir}/answers`;
    const reader = cluster.exec(
      ["python3", "-c", READ_ON, "/", `${bound}/a/b/c/file`, answers],
    );
    await eventually("the reader reads", () => {
      return Deno.readTextFileSync(answers).startsWith("ok");
    });
    for (let takeovers = 1; takeovers <= KILLS; takeovers++) {
      const before = daemonOf(cluster);
      Deno.kill(before, "SIGKILL");
      // Whoever asks meanwhile waits, and gets the right answer.
      assert.equal(await reads(`${bound}/a/b/c/file`), "content\n", `takeover ${takeovers}`);
      await eventually("it is taken over", async () => {
        const now = await statusOf(cluster);
        return now.takeovers_total === takeovers && now.state === "mounted";
      }, 60_000);
      assert.notEqual(daemonOf(cluster), before);
    }
    assert.equal(await reads(file), "content\n");
    const written = await cluster.exec(["sh", "-c", 'echo more >"$0"', `${bound}/a/b/c/other`]);
    assert.equal(written.code, 0, written.stderr);
    assert.equal(await reads(`${deep}/other`), "more\n");
    const after = await statusOf(cluster);
    assert.equal(after.restarts_total, KILLS, JSON.stringify(after.restarts));
    const read = Deno.readTextFileSync(answers).split("\n").slice(0, -1)
      .map((line) => line.split(" "));
    const gaps = read.map(([, ms]) => Number(ms)).sort((one, other) => other - one);
    const [worst = 0, median = 0] = [gaps[0], gaps[KILLS >> 1]];
    tell(
      `${KILLS} takeovers, the longest wait of a reader in each: median ${median} ms, ` +
        `worst ${worst} ms; ${after.unserved_seconds_total} s unserved in all`,
    );
    const others = read.map(([what = ""]) => what).filter((what) => what !== "ok");
    for (const what of others) assert.match(what.replaceAll("-", " "), IN_FLIGHT);
    assert.ok(others.length <= KILLS, others.join("\n"));
    await cluster.exec(["pkill", "-f", `${answers}$`]);
    await reader;
  },
});

Deno.test({
  name:
    "real Curvine: killed, hung, reloaded, killed: one mount, for a subPath's bind and a working directory",
  ignore,
  fn: async () => {
    await using cluster = await RealCluster.start({
      options: { client: { "fuse.entry_timeout_ms": "300000" } },
    });
    const client = cluster.start("client", 0, {
      CURVINE_FLUID_HANG_TIMEOUT: "2s",
      CURVINE_FLUID_PROBE_INTERVAL: "200ms",
      CURVINE_FLUID_PROBE_TIMEOUT: "500ms",
    });
    await cluster.healthy("client");
    const subPath = `${cluster.dir}/sub-path`;
    Deno.mkdirSync(subPath);
    const made = await cluster.exec([
      "sh",
      "-c",
      'mkdir -p "$0/$2" && echo content >"$0/$2/file" && echo content >"$0/a/b/c/file" && ' +
      'mount --bind "$0/a/b" "$1"',
      cluster.target,
      subPath,
      DEEP,
    ]);
    assert.equal(made.code, 0, made.stderr);
    const answers = `${cluster.dir}/answers`;
    // Whoever has his working directory there asks by numbers that the successor must learn.
    const user = cluster.exec([
      "sh",
      "-c",
      'cd "$0/$2" && until [ -e "$1/over" ]; do cat file 2>&1; sleep 0.02; done >"$1/answers"',
      cluster.target,
      cluster.dir,
      DEEP,
    ]);
    const opened = `${cluster.dir}/opened`;
    const other = cluster.exec([
      "python3",
      "-c",
      KEEP_OPEN,
      `${cluster.target}/${DEEP}/file`,
      opened,
      `${cluster.dir}/over`,
    ]);
    await eventually("the user is inside", () => {
      return Deno.readTextFileSync(answers).includes("content\n");
    });
    const mountIds = async (): Promise<string[]> => {
      const { stdout } = await cluster.exec(["cat", "/proc/self/mountinfo"]);
      return stdout.split("\n").filter((line) => line.includes(` ${cluster.target} `))
        .map((line) => line.split(" ")[0] ?? "");
    };
    const ids = await mountIds();
    assert.equal(ids.length, 1);
    const ways: [string, () => void, number][] = [
      ["killed", () => Deno.kill(daemonOf(cluster), "SIGKILL"), 1],
      ["hung", () => Deno.kill(daemonOf(cluster), "SIGSTOP"), 2],
      ["reloaded", () => client.signal("SIGUSR1"), 2],
      ["killed after that", () => Deno.kill(daemonOf(cluster), "SIGKILL"), 3],
    ];
    for (const [what, hurt, takeovers] of ways) {
      const before = daemonOf(cluster);
      hurt();
      await eventually(`${what}: another daemon serves`, async () => {
        const now = await statusOf(cluster);
        return now.state === "mounted" && now.takeovers_total === takeovers &&
          daemonOf(cluster) !== before;
      }, 60_000);
      await eventually(`${what}: the subPath answers`, async () => {
        return (await cluster.exec(["cat", `${subPath}/c/file`])).stdout === "content\n";
      });
      const seen = Deno.readTextFileSync(answers).length;
      await eventually(`${what}: the working directory answers`, () => {
        return Deno.readTextFileSync(answers).slice(seen).includes("content\ncontent\n");
      });
      assert.deepEqual(await mountIds(), ids, what);
    }
    Deno.writeTextFileSync(`${cluster.dir}/over`, "");
    assert.equal((await user).code, 0);
    const lines = Deno.readTextFileSync(answers).trimEnd().split("\n");
    const others = lines.filter((line) => line !== "content");
    // What the dead daemon had in its hands is an error, once for each of them, and never a lie.
    for (const line of others) assert.match(line, IN_FLIGHT);
    assert.ok(others.length <= ways.length, others.join("\n"));
    tell(`${lines.length} answers from deep inside, ${others.length} of them errors`);
    const { code, stderr } = await other;
    assert.equal(code, 0, stderr);
    const reads = Deno.readTextFileSync(opened).trimEnd().split("\n");
    const errors = reads.filter((line) => line !== "ok");
    for (const line of errors) assert.match(line, IN_FLIGHT);
    assert.ok(errors.length <= ways.length, errors.join("\n"));
    tell(`${reads.length} answers of an open file, ${errors.length} of them errors`);
    client.signal("SIGTERM");
    assert.equal(await client.ended, 0);
    assert.deepEqual(await mountIds(), []);
  },
});

Deno.test({
  name:
    "real Curvine: a dataset with a UFS: killed while it is read, listed and written, it keeps its mount",
  ignore,
  fn: async () => {
    await using s3 = new S3Server("lake");
    const large = new Uint8Array(3_000_000).fill(7);
    s3.put("lake", "raw/cold", "from the bucket");
    for (let kill = 1; kill <= 3; kill++) {
      s3.put("lake", `raw/cold${kill}`, `from the bucket ${kill}`);
      s3.put("lake", `raw/large${kill}`, large);
    }
    await using cluster = await RealCluster.start({ mounts: [mountOf(s3) as never] });
    const mounted = await cluster.run("master", ["mount-ufs"]);
    assert.equal(mounted.stdout, '{"mounted":["/raw"]}\n', mounted.stderr);
    cluster.start("client");
    await cluster.healthy("client");
    const raw = `${cluster.target}/raw`;
    const cat = async (name: string): Promise<string> => {
      const { code, stdout, stderr } = await cluster.exec(["cat", `${raw}/${name}`]);
      return code === 0 ? stdout : stderr;
    };
    assert.equal(await cat("cold"), "from the bucket");
    const user = cluster.exec([
      "sh",
      "-c",
      'until [ -e "$1/over" ]; do printf "%s\\n" "$(cat "$0/cold" 2>&1)"; sleep 0.02; done >"$1/answers"',
      raw,
      cluster.dir,
    ]);
    for (let kill = 1; kill <= 3; kill++) {
      const before = daemonOf(cluster);
      Deno.kill(before, "SIGKILL");
      // What nobody has read before comes out of the bucket through the successor.
      assert.equal(await cat(`cold${kill}`), `from the bucket ${kill}`);
      const sum = await cluster.exec(["sh", "-c", 'wc -c <"$0"', `${raw}/large${kill}`]);
      assert.equal(Number(sum.stdout), large.length, sum.stderr);
      const wrote = await cluster.exec(["sh", "-c", 'echo "new $1" >"$0/new$1"', raw, `${kill}`]);
      assert.equal(wrote.code, 0, wrote.stderr);
      await eventually("it is taken over", async () => {
        const now = await statusOf(cluster);
        return now.takeovers_total === kill && now.state === "mounted";
      }, 60_000);
      assert.notEqual(daemonOf(cluster), before);
      assert.equal(await cat(`new${kill}`), `new ${kill}\n`);
    }
    const listed = await cluster.exec(["ls", raw]);
    assert.deepEqual(
      listed.stdout.trim().split("\n"),
      ["cold", ...[1, 2, 3].flatMap((kill) => [`cold${kill}`, `large${kill}`, `new${kill}`])]
        .sort(),
      listed.stderr,
    );
    Deno.writeTextFileSync(`${cluster.dir}/over`, "");
    assert.equal((await user).code, 0);
    const told = new Set(Deno.readTextFileSync(`${cluster.dir}/answers`).trimEnd().split("\n"));
    // Who had the file open in the daemon's hands is told so, and never gets anything false.
    for (const line of told) {
      if (line !== "from the bucket") assert.match(line, IN_FLIGHT);
    }
    assert.equal((await statusOf(cluster)).restarts_total, 3);
  },
});

Deno.test({
  name: "real Curvine: many work while it is killed again and again: nothing false, nothing twice",
  ignore,
  fn: async () => {
    await using cluster = await RealCluster.start();
    cluster.start("client", 0, KILLED_NOW_AND_THEN);
    await cluster.healthy("client");
    const made = await cluster.exec(["mkdir", "-p", `${cluster.target}/deep/work`]);
    assert.equal(made.code, 0, made.stderr);
    const logs = ["a", "b", "c"].map((name) => {
      const log = `${cluster.dir}/work-${name}`;
      void cluster.exec(["python3", "-c", WORK, `${cluster.target}/deep/work`, name, log]);
      return log;
    });
    const rounds = (log: string): string[] => {
      try {
        return Deno.readTextFileSync(log).split("\n").slice(0, -1);
      } catch {
        return [];
      }
    };
    for (let kills = 1; kills <= KILLS; kills++) {
      const before = logs.map((log) => rounds(log).length);
      await eventually(
        "all work",
        () => logs.every((log, at) => rounds(log).length > (before[at] ?? 0) + 3),
      );
      Deno.kill(daemonOf(cluster), "SIGKILL");
      await eventually("it is taken over", async () => {
        const now = await statusOf(cluster);
        return now.takeovers_total === kills && now.state === "mounted";
      }, 60_000);
    }
    const all = logs.flatMap(rounds);
    const count = (what: string): number => all.filter((one) => one === what).length;
    tell(
      `${count("ok")} rounds of work, ${count("in-flight")} with an error of what was in flight`,
    );
    const said = new Set(all);
    for (const fine of ["ok", "in-flight"]) said.delete(fine);
    await cluster.exec(["pkill", "-f", `${cluster.dir}/work-`]);
    assert.deepEqual([...said], []);
  },
});
