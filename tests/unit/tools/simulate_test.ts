import assert from "node:assert/strict";
import { tomlTable } from "../../../lib/plan/curvine/toml_value.ts";
import { layersAt } from "../../../lib/mount/mount_path.ts";
import { parseMountinfo } from "../../../lib/mount/mountinfo.ts";
import { styleFor } from "../../../lib/observe/style.ts";
import { fakeHost } from "../../support/fake_host.ts";
import { containerHost } from "../../../lib/tools/simulate/container_host.ts";
import { readEnvFiles } from "../../../lib/tools/simulate/dotenv.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { withPretendedMount } from "../../../lib/tools/simulate/pretended_mount.ts";
import {
  below,
  simulatedConfig,
  simulatedEnvironment,
  simulationPaths,
} from "../../../lib/tools/simulate/relocate.ts";
import { Story } from "../../../lib/tools/simulate/story.ts";
import { changeLines, tomlChanges } from "../../../lib/tools/simulate/toml_changes.ts";
import type { World } from "../../../lib/ports/world.ts";
import { minorOf } from "../../../lib/mount/mountinfo.ts";

/** Lines of an env file that show what the syntax is; the comparison below runs them in Deno. */
const ENV_FILE = [
  "# a comment",
  "A=plain",
  "export B=exported",
  'C="double $A ${A} \\n x \\$A"',
  "D='single $A \\n'",
  "E=unquoted $A tail # comment",
  "F=a#b",
  "G= spaced  ",
  'H="multi',
  'line" # after',
  "I=${MISSING:-def}",
  "J=$HOME/x",
  "K=`tick $A`",
  'L="a # b" # c',
  "M=",
  'N="x"y',
  "O='it''s'",
  "P=${A}_x",
  "Q=$A_x",
  "  R = r",
  "S: no variable",
  'T="quote \\" in"',
  "U=back\\ slash \\$A",
  'X=a"b c"d',
  "Y=$(date)",
  "Z=last\\",
  "A=second",
  "AB=a=b=c",
  "AC=${A",
  "AD=a$$b",
  'AE="x" "y"',
  "AF=\\\\$HOME",
  "no variable",
  'AG="unterminated $A  ',
].join("\n");

Deno.test("env files are read as deno --env-file reads them", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a.env`, `${ENV_FILE}\n`);
    await Deno.writeTextFile(`${folder}/b.env`, "A=stronger\r\nBA=$A$B\r\n");
    for (const names of [["a.env"], ["a.env", "b.env"]]) {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: [
          "eval",
          ...names.map((name) => `--env-file=${folder}/${name}`),
          "console.log(JSON.stringify(Deno.env.toObject()))",
        ],
        clearEnv: true,
        env: { HOME: "/home", NO_COLOR: "1", DENO_DIR: `${folder}/deno` },
      }).output();
      const env = JSON.parse(new TextDecoder().decode(stdout)) as Record<string, string>;
      const wanted = Object.entries(env).filter(([name]) => /^[A-Z]{1,2}$/.test(name));
      assert(wanted.length > 25);
      const texts = names.map((name) => Deno.readTextFileSync(`${folder}/${name}`));
      const found = readEnvFiles(texts, { HOME: "/home" });
      assert.deepEqual(found, Object.fromEntries(wanted));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("an env file's variables are stronger than ours, which $NAME finds all the same", () => {
  assert.deepEqual(readEnvFiles(["A=1\nB=$A$C"], { A: "outer", C: "c" }), { A: "1", B: "1c" });
  assert.deepEqual(readEnvFiles(["__proto__=x"], {}).toString, ({}).toString);
});

Deno.test("every path that a start writes or mounts lies below the root", () => {
  const paths = simulationPaths("/r");
  const env = simulatedEnvironment(
    {
      FLUID_RUNTIME_MOUNT_PATH: "/runtime-mnt/x",
      CURVINE_TARGET_PATH: "/t",
      CURVINE_DATA_DIR: "/data",
      FLUID_RUNTIME_CONFIG_PATH: "thin.json",
    },
    paths,
    undefined,
    "/r/etc/fluid/config/thin.json",
  );
  assert.equal(env["FLUID_RUNTIME_CONFIG_PATH"], "/r/etc/fluid/config/thin.json");
  assert.equal(env["FLUID_RUNTIME_MOUNT_PATH"], "/r/runtime-mnt/x");
  for (const [name, value] of Object.entries(env).filter(([name]) => name !== "PATH")) {
    if (value.startsWith("/")) assert(value.startsWith("/r/"), `${name} is ${value}`);
  }
  assert.equal(below("/r", "/r/a"), "/r/a");
  assert.equal(below("/r", "/rest/a"), "/r/rest/a");
});

Deno.test("a real CURVINE_HOME is read, and its configuration goes elsewhere", () => {
  const env = simulatedEnvironment({}, simulationPaths("/r"), "/app/curvine", undefined);
  assert.equal(env["CURVINE_HOME"], "/app/curvine");
  assert.equal(env["CURVINE_CONF_FILE"], "/r/app/curvine/conf/curvine-cluster.toml");
  assert.equal(env["CURVINE_DATA_DIR"], "/r/app/curvine/data");
});

Deno.test("a runtime config that is not there lies below the root, and no port is taken", () => {
  const given = {
    FLUID_RUNTIME_CONFIG_PATH: "/etc/fluid/config/runtime.json",
    CURVINE_FLUID_HTTP_ADDR: ":9090",
    CURVINE_CONF_DIR: "conf.d",
    PATH: "/own",
  };
  const env = simulatedEnvironment(given, simulationPaths("/r"), undefined, undefined);
  assert.equal(env["FLUID_RUNTIME_CONFIG_PATH"], "/r/etc/fluid/config/runtime.json");
  assert.equal(env["CURVINE_FLUID_HTTP_ADDR"], undefined);
  assert.equal(env["CURVINE_CONF_DIR"], "conf.d", "a relative folder is meant from CURVINE_HOME");
  assert.equal(env["PATH"], "/own");
  assert.equal(env["HOME"], "/r/root");
});

Deno.test("folders that options name move below the root, in lists too", () => {
  const options = {
    meta_dir: "/meta",
    "journal.journal-dir": "/journal",
    data_dir: "[SSD:1GB]/d1, [MEM]/d2 ,/d3,relative",
    hostname: "/h",
  };
  assert.deepEqual(simulatedConfig({ master: { options } }, "/r"), {
    master: {
      options: {
        meta_dir: "/r/meta",
        "journal.journal-dir": "/r/journal",
        data_dir: "[SSD:1GB]/r/d1, [MEM]/r/d2,/r/d3,relative",
        hostname: "/h",
      },
    },
  });
});

Deno.test("a simulated container's files are those below the root and the real Curvine's", () => {
  const machine = fakeHost({
    env: { HOSTNAME: "machine" },
    files: {
      "/etc/fluid/config/config.json": "the machine's",
      "/etc/fluid/secrets/a": "the machine's",
      "/r/etc/fluid/secrets/b": "the root's",
      "/opt/curvine/lib/curvine-fuse": "the real one",
      "/opt/curvine-2/lib": "somebody's",
    },
  });
  const container = containerHost(machine, { root: "/r", home: "/opt/curvine", env: { A: "b" } });
  assert.equal(container.readText("/etc/fluid/config/config.json"), undefined);
  assert.equal(container.readFile("/etc/fluid/config/config.json"), undefined);
  assert.equal(container.kindOf("/etc/fluid/config/config.json"), "absent");
  assert.equal(container.readText("/etc/fluid/secrets/a"), "simulated");
  assert.equal(new TextDecoder().decode(container.readFile("/etc/fluid/secrets/a")), "simulated");
  assert.equal(container.kindOf("/etc/fluid/secrets/a"), "file");
  assert.equal(container.readText("/etc/fluid/secrets/b"), "the root's");
  assert.equal(container.readText("/opt/curvine/lib/curvine-fuse"), "the real one");
  assert.equal(container.kindOf("/opt/curvine-2/lib"), "absent");
  assert.equal(container.pipesHold(2 ** 20), true, "as in a pod that Fluid makes");
  container.writeFile("/opt/curvine/conf/a", "text", 0o600);
  container.makeFolder("/data");
  container.createFile("/r/data/marker", "");
  assert.equal(machine.files.get("/r/opt/curvine/conf/a"), "text");
  assert.equal(machine.files.get("/r/data/marker"), "");
  assert.deepEqual([...machine.folders], ["/r/data"]);
  assert.equal(container.hostname(), "localhost");
  assert.deepEqual(container.env, { A: "b" });
});

Deno.test("a runtime config's target and cache directories move, and nothing else", () => {
  const moved = simulatedConfig({
    targetPath: "/t",
    mounts: [{ mountPoint: "curvine:///t", path: "/t" }],
    worker: { tieredStoreLevels: [{ mountPaths: ["/dev/shm"], quotas: ["1Gi"] }] },
  }, "/r");
  assert.deepEqual(moved, {
    targetPath: "/r/t",
    mounts: [{ mountPoint: "curvine:///t", path: "/t" }],
    worker: { tieredStoreLevels: [{ mountPaths: ["/r/dev/shm"], quotas: ["1Gi"] }] },
  });
});

Deno.test("changes of a configuration are told key by key", () => {
  const before = tomlTable([["testing", false], ["fuse", tomlTable([["io_threads", 16]])]]);
  const after = tomlTable([
    ["fuse", tomlTable([["io_threads", 48], ["fuse_opts", ["ro"]]])],
    ["cluster_id", 'a"b'],
  ]);
  assert.deepEqual(tomlChanges(before, after).flatMap(changeLines), [
    '+ cluster_id = "a\\"b"',
    "- testing = false",
    "- fuse.io_threads = 16",
    "+ fuse.io_threads = 48",
    '+ fuse.fuse_opts = ["ro"]',
  ]);
  assert.deepEqual(tomlChanges(after, after), []);
});

Deno.test("the story is told in 80 columns, with the root's short name", () => {
  let text = "";
  const story = new Story({
    json: false,
    short: [["/tmp/root/target", "TARGET"], ["/tmp/root", "ROOT"]],
    style: styleFor(false, {}),
    now: () => 0,
    write: (part) => text += part,
  });
  story.section({ kind: "begin", text: "Of /tmp/root", exact: true });
  story.section({ kind: "x", text: "A heading", lines: ["words ".repeat(40)] });
  story.event({ kind: "log", text: `mounted /tmp/root/target in /tmp/root ${"word ".repeat(30)}` });
  assert(text.split("\n").every((line) => line.length <= 80), text);
  assert.match(text, /^Of \/tmp\/root\n\nA heading\n {2}words/);
  assert.match(text, /0\.00 s {3}mounted TARGET in ROOT word/);
});

Deno.test("as JSON the story is one object a line", () => {
  const lines: string[] = [];
  const story = new Story({
    json: true,
    short: [["/tmp/root", "ROOT"]],
    style: styleFor(true, {}),
    now: () => 1500,
    write: (part) => lines.push(part),
  });
  story.event({ kind: "log", text: "in /tmp/root", data: { pid: 7 } });
  assert.deepEqual(lines, ['{"kind":"log","ms":0,"text":"in /tmp/root","pid":7}\n']);
});

Deno.test("a pretended mount is in the table, hangs, dies and goes as a real one does", async () => {
  let note: string | undefined = JSON.stringify({ target: "/r/a b", pid: 7, id: 3 });
  let state: "running" | "stopped" | "gone" = "running";
  const real = {
    files: { read: () => note, remove: () => note = undefined },
    mounts: { table: () => "21 1 8:1 / / rw - ext4 /dev/sda rw\n" },
    processes: { serves: () => false },
  } as unknown as World;
  const { mounts, connections, processes } = withPretendedMount(real, "/r/note", () => state);
  const layers = (): string[] => {
    const table = parseMountinfo(mounts.table());
    return layersAt(table, "/r/a b").map(({ type, source }) => `${type} ${source}`);
  };
  assert.deepEqual(layers(), ["fuse.curvinefs curvinefs"]);
  // It is the daemon's own, by the number that its device has in the table.
  const minors = parseMountinfo(mounts.table()).map(({ device }) => minorOf(device));
  assert.deepEqual(minors.map((one) => processes.serves(7, "MARK", "x", one)), [false, true]);
  assert.equal(await mounts.ask("/r/a b", 1), "answers");
  state = "stopped";
  assert.equal(await mounts.ask("/r/a b", 1), "silent");
  assert.equal(connections("/x").waiting("3"), 1);
  state = "gone";
  assert.equal(await mounts.ask("/r/a b", 1), "stale");
  await mounts.detach("/r/a b/");
  assert.deepEqual(layers(), []);
});

Deno.test("a pretended mount leaves other mounts to the real world, and is told of when it changes", async () => {
  let note: string | undefined = JSON.stringify({ target: "/r/t", pid: 7, id: 3 });
  const did: string[] = [];
  const clock = new FakeClock();
  let stirred: () => void = () => {};
  const real = {
    clock,
    files: { read: () => note, remove: () => note = undefined },
    mounts: {
      table: () => "21 1 8:1 / / rw - ext4 /dev/sda rw\n",
      detach: (path: string) => Promise.resolve(void did.push(`detach ${path}`)),
      unmount: (path: string) => Promise.resolve(void did.push(`unmount ${path}`)),
      ask: (path: string) => Promise.resolve(path === "/other" ? "unknown" : "stale"),
    },
    processes: { serves: () => true },
    watchMounts(changed: () => void): () => void {
      stirred = changed;
      return () => void did.push("unwatched");
    },
  } as unknown as World;
  const world = withPretendedMount(real, "/r/note", () => "running");
  await world.mounts.detach("/other");
  await world.mounts.unmount("/other");
  assert.deepEqual(did, ["detach /other", "unmount /other"]);
  assert.equal(await world.mounts.ask("/other", 1), "unknown");
  assert.equal(world.mounts.mayMount(), true);
  assert.equal(await world.mounts.walk("/r/t", 1), true);
  assert.equal(world.connections("/x").waiting("3"), 0);
  assert.equal(world.processes.serves(7, "MARK", "x", "8"), true, "as the real world says");
  let changes = 0;
  const stop = world.watchMounts(() => changes++);
  await clock.pass(200);
  assert.equal(changes, 0);
  await world.mounts.unmount("/r/t/");
  await clock.pass(60);
  assert.deepEqual([changes, note], [1, undefined]);
  stirred();
  assert.equal(changes, 2);
  assert.equal(await world.mounts.ask("/r/t", 1), "stale");
  stop();
  await clock.pass(200);
  assert.deepEqual([did.at(-1), clock.pending], ["unwatched", 0]);
});
