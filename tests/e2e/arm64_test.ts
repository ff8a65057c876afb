/** The executable for arm64, which runs here under QEMU's user-mode emulation: 6 s a start. */
import assert from "node:assert/strict";
import { buildElsewhere } from "../support/build_elsewhere.ts";
import { runCase } from "../support/conformance_case.ts";
import { eventually } from "../support/eventually.ts";
import { MasterDoor } from "../support/master_door.ts";
import { missing } from "../support/requirements.ts";

const ignore = Deno.build.arch !== "x86_64" ||
  missing("root", "fuse", "tool:bindfs", "tool:qemu-aarch64-static", "tool:npx");
const EMULATOR = ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"];
/** Emulated, everything takes its time. */
const LIMIT_MS = 120_000;
const CASES = new URL("../conformance/cases/", import.meta.url).pathname;

/** Every mode and component, files that are broken, secrets, bases: what touches the system. */
const CHOSEN = [
  "base-kept",
  "cache-client-options",
  "cache-master-three",
  "cache-quantities",
  "cache-secret-name",
  "cache-worker",
  "load-bom",
  "mode-standalone",
  "thin-basic",
  "thin-env-only",
  "thin-options",
  "thin-unicode",
];

let made: Promise<string> | undefined;
let folder = "";

/** The executable, made once for all tests of this file. */
function compiled(): Promise<string> {
  made ??= (async () => {
    folder = await Deno.makeTempDir({ prefix: "curvine-fluid-arm64-" });
    return await buildElsewhere(`${folder}/build`, { args: ["--arch", "arm64"] });
  })();
  return made;
}

Deno.test.afterAll(async () => {
  if (folder !== "") await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "arm64: it is an arm64 program and tells its version",
  ignore,
  async fn(): Promise<void> {
    const executable = await compiled();
    const head = new DataView((await Deno.readFile(executable)).buffer);
    // ELF: e_machine, EM_AARCH64.
    assert.equal(head.getUint16(18, true), 183);
    const [emulator = "", ...words] = [...EMULATOR, executable, "version"];
    const { code, stdout, stderr } = await new Deno.Command(emulator, { args: words }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    assert.match(new TextDecoder().decode(stdout), /^curvine-fluid \d+\.\d+\.\d+\n$/);
  },
});

Deno.test({
  name: `arm64: ${CHOSEN.length} conformance cases make the same plans`,
  ignore,
  async fn(): Promise<void> {
    const command = [...EMULATOR, await compiled()];
    const waiting = [...CHOSEN];
    const work = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        await runCase(await Deno.readTextFile(`${CASES}${name}.json`), command);
      }
    };
    await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, work));
  },
});

Deno.test({
  name: "arm64: a thin start mounts, a killed daemon is mounted again, SIGTERM unmounts",
  ignore,
  async fn(): Promise<void> {
    const executable = await compiled();
    const dir = await Deno.makeTempDir({ prefix: "curvine-fluid-arm64-" });
    const target = `${dir}/target`;
    // A cold restart clears a dead layer once a master answers.
    using master = new MasterDoor();
    for (const name of ["home/lib", "home/conf", "run", "source"]) {
      await Deno.mkdir(`${dir}/${name}`, { recursive: true });
    }
    await Deno.writeTextFile(`${dir}/source/kept.txt`, "kept");
    await Deno.writeTextFile(
      `${dir}/home/lib/curvine-fuse`,
      `#!/bin/sh\necho $$ >>"${dir}/pids"\nexec bindfs -f -o fsname=curvinefs,subtype=curvinefs ` +
        `"${dir}/source" "${target}"\n`,
      { mode: 0o755 },
    );
    await Deno.writeTextFile(
      `${dir}/config.json`,
      JSON.stringify({
        mounts: [{
          mountPoint: "curvine:///data",
          options: { "master-endpoints": `127.0.0.1:${master.port}` },
          name: "data",
        }],
        targetPath: target,
        accessModes: ["ReadOnlyMany"],
      }),
    );
    const [emulator = "", ...words] = [...EMULATOR, executable];
    const child = new Deno.Command(emulator, {
      args: words,
      clearEnv: true,
      env: {
        PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
        CURVINE_HOME: `${dir}/home`,
        CURVINE_FLUID_RUN_DIR: `${dir}/run`,
        CURVINE_FLUID_RESTART_DELAY: "50ms",
        CURVINE_FLUID_TERMINATION_LOG: `${dir}/termination`,
        FLUID_RUNTIME_TYPE: "thin",
        FLUID_RUNTIME_CONFIG_PATH: `${dir}/config.json`,
      },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let said = "";
    const listening = (async () => {
      for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) said += text;
    })();
    try {
      const pids = (): number[] =>
        Deno.readTextFileSync(`${dir}/pids`).trim().split("\n").map(Number);
      const toldOfMounts = (): number => said.split("Mounted").length - 1;
      await eventually("it is mounted", () => toldOfMounts() === 1, LIMIT_MS);
      assert.equal(mounts(target), 1);
      assert.equal(await Deno.readTextFile(`${target}/kept.txt`), "kept");
      const [first = 0] = pids();
      Deno.kill(first, "SIGKILL");
      await eventually("it is mounted again", () => toldOfMounts() === 2, LIMIT_MS);
      assert.equal(pids().length, 2);
      assert.equal(await Deno.readTextFile(`${target}/kept.txt`), "kept");
      child.kill("SIGTERM");
      const { code } = await child.status;
      assert.equal(code, 0, said);
      assert.equal(mounts(target), 0);
    } finally {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await child.status;
      await listening;
      while (mounts(target) > 0) {
        await new Deno.Command("umount", { args: ["-l", target] }).output();
      }
      await Deno.remove(dir, { recursive: true });
    }
  },
});

/** How many layers lie on a path. */
function mounts(path: string): number {
  const lines = Deno.readTextFileSync("/proc/self/mountinfo").split("\n");
  return lines.filter((line) => line.split(" ")[4] === path).length;
}
