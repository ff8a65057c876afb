/** A start ahead of the supervisor, with real processes, a real mount table and a real folder. */
import assert from "node:assert/strict";
import { tomlTable } from "../../../lib/plan/curvine/toml_value.ts";
import type { Plan } from "../../../lib/plan/plan.ts";
import { type FirstStart, firstStart } from "../../../lib/supervise/first_start.ts";
import { readSettings } from "../../../lib/plan/settings.ts";
import { firstWorld } from "../../../lib/system/first_world.ts";
import { openKernel } from "../../../lib/system/kernel_calls.ts";
import { systemProcesses } from "../../../lib/system/processes.ts";
import { Sink } from "../../../lib/system/sink.ts";
import { eventually } from "../../support/eventually.ts";

// Before the tests: a library stays open.
openKernel();

/** Starts a shell's script as the daemon that mounts at a folder. */
function start(root: string, script: string): FirstStart {
  const plan: Plan = {
    mode: "thin-runtime",
    component: "fuse",
    reasons: [],
    config: { path: `${root}/c.toml`, toml: tomlTable() },
    process: { argv: ["/bin/sh", "-c", script], env: {}, cwd: root, policy: "supervise" },
    mount: { target: `${root}/link/target` },
    warnings: [],
  };
  const settings = readSettings({ CURVINE_FLUID_RUN_DIR: `${root}/run` });
  return firstStart(plan, firstWorld(), settings, { PATH: "/usr/bin:/bin" });
}

async function inFolder(test: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "curvine-fluid-first-" }));
  await Deno.mkdir(`${root}/real`);
  await Deno.symlink(`${root}/real`, `${root}/link`);
  try {
    await test(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("it runs in a target that was made for it; its output waits for whoever takes it", () =>
  inFolder(async (root) => {
    const { daemon, folder } = start(root, "echo one; echo two >&2; exit 3");
    assert(daemon !== undefined);
    assert.equal(folder, `${root}/run`);
    assert.equal(daemon.target, `${root}/real/target`);
    assert((await Deno.stat(daemon.target)).isDirectory);
    // It has ended by the time that somebody looks after it, as a daemon does that dies at once.
    await daemon.process.status;
    const texts = { out: "", err: "" };
    const sink = (name: keyof typeof texts): Sink =>
      new Sink({
        write: (bytes) => {
          texts[name] += new TextDecoder().decode(bytes);
          return Promise.resolve(bytes.length);
        },
      });
    const processes = systemProcesses(sink("out"), sink("err"));
    try {
      let seen = "";
      const taken = processes.take(daemon.process, (chunk) => {
        seen += new TextDecoder().decode(chunk);
      });
      assert.equal(taken.pid, daemon.process.pid);
      assert.deepEqual(await taken.exited, { code: 3 });
      assert(seen.includes("one\n") && seen.includes("two\n"), seen);
      await eventually("all is written", () => texts.out === "one\n" && texts.err === "two\n");
    } finally {
      processes.close();
    }
  }));

Deno.test("a target that holds somebody's files is left as it is, and nothing runs", () =>
  inFolder(async (root) => {
    await Deno.mkdir(`${root}/real/target`);
    await Deno.writeTextFile(`${root}/real/target/data`, "precious");
    const { daemon, rival } = start(root, `touch "${root}/started"`);
    assert.equal(daemon, undefined);
    assert.equal(rival, undefined);
    assert.equal(await Deno.readTextFile(`${root}/real/target/data`), "precious");
    await assert.rejects(Deno.stat(`${root}/started`), Deno.errors.NotFound);
  }));
