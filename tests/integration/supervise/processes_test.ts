import assert from "node:assert/strict";
import { SpawnError } from "../../../lib/ports/world.ts";
import { kernel, openKernel } from "../../../lib/system/kernel_calls.ts";
import { systemProcesses } from "../../../lib/system/processes.ts";
import { Sink } from "../../../lib/system/sink.ts";
import { eventually } from "../../support/eventually.ts";

openKernel();
kernel("prctl", 36, 1);

const ENV = { PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin" };

function setUp(): {
  processes: ReturnType<typeof systemProcesses>;
  out: () => string;
  err: () => string;
} {
  const texts = ["", ""];
  const sink = (index: number): Sink =>
    new Sink({
      write: (bytes) => {
        texts[index] += new TextDecoder().decode(bytes);
        return Promise.resolve(bytes.length);
      },
    });
  const processes = systemProcesses(sink(0), sink(1));
  return { processes, out: () => texts[0] ?? "", err: () => texts[1] ?? "" };
}

const shell = (script: string): { argv: string[]; env: Record<string, string>; cwd: string } => ({
  argv: ["sh", "-c", script],
  env: ENV,
  cwd: "/",
});

Deno.test("output passes through, its last bytes before the end is told", async () => {
  const { processes, out, err } = setUp();
  try {
    let seen = "";
    const { exited } = processes.spawn(shell("echo one; echo two >&2; exit 3"), (chunk) => {
      seen += new TextDecoder().decode(chunk);
    });
    assert.deepEqual(await exited, { code: 3 });
    assert.ok(seen.includes("one\n") && seen.includes("two\n"), seen);
    await eventually("all is written", () => out() === "one\n" && err() === "two\n");
  } finally {
    await processes.close();
  }
});

Deno.test("a signal ends it, and its status says so", async () => {
  const { processes } = setUp();
  try {
    const child = processes.spawn(shell("exec sleep 100000"), () => {});
    child.signal("SIGKILL");
    assert.deepEqual(await child.exited, { code: 137, signal: "SIGKILL" });
    child.signal("SIGTERM");
  } finally {
    await processes.close();
  }
});

Deno.test("a grandchild that keeps the pipe open does not keep the end back, nor its output", async () => {
  const { processes, out } = setUp();
  try {
    const script = "sh -c 'sleep 0.5; echo late' & exit 4";
    const { exited } = processes.spawn(shell(script), () => {});
    assert.deepEqual(await exited, { code: 4 });
    assert.equal(out(), "");
    await eventually("its output comes", () => out() === "late\n");
  } finally {
    await processes.close();
  }
});

Deno.test("only the environment given is passed on", async () => {
  const { processes } = setUp();
  try {
    const result = await processes.run(
      { argv: ["env"], env: { ...ENV, A: "1" }, cwd: "/" },
      10_000,
    );
    const names = result?.stdout.trim().split("\n").map((line) => line.split("=")[0]).sort();
    assert.deepEqual(names, ["A", "PATH"]);
  } finally {
    await processes.close();
  }
});

Deno.test("what cannot be started says so, with the shell's codes", async () => {
  const { processes } = setUp();
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${folder}/plain`, "no program");
    const code = (program: string): number | undefined => {
      try {
        processes.spawn({ argv: [program], env: ENV, cwd: "/" }, () => {});
        return 0;
      } catch (error) {
        assert.ok(error instanceof SpawnError);
        assert.match(error.message, new RegExp(program));
        return error.code;
      }
    };
    assert.equal(code(`${folder}/missing`), 127);
    assert.equal(code(`${folder}/plain`), 126);
    assert.equal(code(folder), 126);
  } finally {
    await processes.close();
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a helper is collected, or killed at its deadline", async () => {
  const { processes } = setUp();
  try {
    const good = await processes.run(shell("echo out; echo err >&2; exit 5"), 10_000);
    assert.deepEqual(good, { status: { code: 5 }, stdout: "out\n", stderr: "err\n" });
    assert.equal(await processes.run(shell("exec sleep 100000"), 100), undefined);
    const missing = await processes.run({ argv: ["/no/such"], env: ENV, cwd: "/" }, 1000);
    assert.equal(missing, undefined);
    const holder = await processes.run(shell("sleep 3 & echo quick"), 10_000);
    assert.equal(holder?.stdout, "quick\n");
  } finally {
    await processes.close();
  }
});

Deno.test("orphans of a daemon are found by its mark, with what they serve", async () => {
  const { processes } = setUp();
  try {
    const env = { ...ENV, MARK: "m1" };
    const parent = processes.spawn(
      {
        argv: ["sh", "-c", "setsid sleep 100000 & OTHER=x setsid sleep 100000 & exit 0"],
        env,
        cwd: "/",
      },
      () => {},
    );
    await parent.exited;
    await eventually(
      "both are our children",
      () =>
        processes.marked("MARK", "m1").filter(({ env }) => env.includes("MARK=m1")).length === 2,
    );
    const found = processes.marked("MARK", "m1");
    assert.deepEqual(found.map(({ servesFuse }) => servesFuse), [false, false]);
    await eventually(
      "one has more in its environment",
      () => processes.marked("MARK", "m1").some(({ env }) => env.includes("OTHER=x")),
    );
    assert.deepEqual(processes.marked("MARK", "m2"), []);
    const handles = found.map(({ pid }) => processes.adopt(pid));
    for (const handle of handles) handle.signal("SIGKILL");
    for (const handle of handles) assert.equal((await handle.exited).signal, "SIGKILL");
    assert.equal(processes.marked("MARK", "m1").length, 0);
    assert.equal(processes.reaped(), 0, "whom somebody waited for is not counted");
  } finally {
    await processes.close();
  }
});

Deno.test("an adopted process is heard out before its end is told", async () => {
  const { processes } = setUp();
  try {
    let seen = "";
    const text = "last words\n".repeat(1000);
    const script = `i=0; while [ $i -lt 1000 ]; do echo last words; i=$((i + 1)); done; exit 5`;
    const parent = processes.spawn({
      argv: ["sh", "-c", 'setsid sh -c "sleep 0.2; $SCRIPT" & exit 0'],
      env: { ...ENV, MARK: "m3", SCRIPT: script },
      cwd: "/",
    }, (chunk) => {
      seen += new TextDecoder().decode(chunk);
    });
    await parent.exited;
    const [orphan] = await eventually("it is our child", () => {
      const found = processes.marked("MARK", "m3");
      return found.length === 1 && found;
    });
    assert.deepEqual(await processes.adopt(orphan?.pid ?? 0).exited, { code: 5 });
    assert.equal(seen, text);
  } finally {
    await processes.close();
  }
});

Deno.test("the stacks of a process name its threads and their states", async () => {
  const { processes } = setUp();
  try {
    const child = processes.spawn(shell("exec sleep 100000"), () => {});
    await eventually("it sleeps", () => /\(sleep\) state S/.test(processes.stacks(child.pid)));
    child.signal("SIGKILL");
    await child.exited;
    assert.equal(processes.stacks(child.pid), "");
  } finally {
    await processes.close();
  }
});
