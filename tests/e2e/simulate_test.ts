import assert from "node:assert/strict";
import { LineReader } from "../support/line_reader.ts";
import { executable, missing } from "../support/requirements.ts";
import { type Ran, run } from "../support/run.ts";
import { runExecutable } from "../support/run_executable.ts";

const LOCAL = new URL("../../manifests/local", import.meta.url).pathname;
const ENV_FILES = [...Deno.readDirSync(LOCAL)].map(({ name }) => name)
  .filter((name) => name.endsWith(".env")).sort();

/** One line of `simulate --json`. */
interface Line {
  readonly kind: string;
  readonly text: string;
  readonly [field: string]: unknown;
}

function story({ stdout, stderr }: Pick<Ran, "stdout" | "stderr">): Line[] {
  assert.equal(stderr, "");
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Line);
}

function find(lines: readonly Line[], kind: string): Line {
  const line = lines.find((one) => one.kind === kind);
  assert(line, `nothing of the kind ${kind} in\n${lines.map(({ text }) => text).join("\n")}`);
  return line;
}

/** As somebody who may do nothing special, who needs a copy of what lies below root's folders. */
async function asNobody(args: readonly string[]): Promise<Ran> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.chmod(folder, 0o755);
    await Deno.copyFile(executable, `${folder}/curvine-fluid`);
    await Deno.chmod(`${folder}/curvine-fluid`, 0o755);
    await Deno.mkdir(`${folder}/local`, { mode: 0o755 });
    for (const { name } of Deno.readDirSync(LOCAL)) {
      await Deno.copyFile(`${LOCAL}/${name}`, `${folder}/local/${name}`);
      await Deno.chmod(`${folder}/local/${name}`, 0o644);
    }
    const dropped = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    return await run([...dropped, `${folder}/curvine-fluid`, ...args], {
      cwd: `${folder}/local`,
      clearEnv: true,
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/nonexistent" },
      mayFail: true,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function nothingIsLeft(lines: readonly Line[]): void {
  const { root } = find(lines, "begin") as unknown as { root: string };
  assert.throws(() => Deno.statSync(root), Deno.errors.NotFound);
  const end = find(lines, "end");
  assert.deepEqual([end["exitCode"], end["left"], end["mounted"]], [0, [], false], end.text);
}

/** What is true of every env file's story. */
function isWholeStory(name: string, lines: readonly Line[], mount: string): void {
  const begin = find(lines, "begin");
  assert.equal(begin["real"], false);
  const { component, mode } = find(lines, "mode");
  const wanted = {
    "cache-client.env": ["cache-runtime", "client"],
    "cache-master.env": ["cache-runtime", "master"],
    "cache-worker.env": ["cache-runtime", "worker"],
    "standalone.env": ["standalone", "master"],
    "thin.env": ["thin-runtime", "fuse"],
  }[name];
  assert.deepEqual([mode, component], wanted, name);
  const config = find(lines, "config");
  const changes = config["changes"] as { key: string; after: string }[];
  assert.equal(changes.find(({ key }) => key === "format_master")?.after, "false");
  if (component === "client" || component === "fuse") {
    assert.equal(begin["mount"], mount);
    const target = changes.find(({ key }) => key === "fuse.mnt_path")?.after;
    assert.equal(target, JSON.stringify(begin["target"]));
    assert(lines.some((line) => line["event"] === "mounted"), `${name} did not mount`);
  } else {
    assert(lines.some(({ kind, text }) => kind === "daemon" && text.includes("curvine-server")));
  }
  nothingIsLeft(lines);
}

Deno.test("there are env files to simulate", () => {
  assert(ENV_FILES.length >= 5);
});

for (const name of ENV_FILES) {
  Deno.test({
    name: `simulate ${name} as root: real FUSE, and nothing is left`,
    ignore: missing("executable", "root", "fuse", "tool:bindfs"),
    async fn(): Promise<void> {
      const args = ["simulate", "--env-file", name, "--for", "3s", "--json"];
      const ran = await runExecutable(args, { cwd: LOCAL });
      assert.equal(ran.code, 0, ran.stdout + ran.stderr);
      isWholeStory(name, story(ran), "bindfs");
    },
  });

  Deno.test({
    name: `simulate ${name} as an ordinary user: a pretended mount, and nothing is left`,
    ignore: missing("executable", "root", "tool:setpriv"),
    async fn(): Promise<void> {
      const ran = await asNobody(["simulate", "--env-file", name, "--for", "3s", "--json"]);
      assert.equal(ran.code, 0, ran.stdout + ran.stderr);
      isWholeStory(name, story(ran), "pretended");
    },
  });
}

/** What chaos has to show. */
function isSurvived(lines: readonly Line[]): void {
  const outcomes = lines.filter(({ kind }) => kind === "outcome");
  assert.deepEqual(
    outcomes.map(({ trouble, ok }) => [trouble, ok]),
    [["signal", true], ["bad-config", true], ["config", true], ["hang", true]],
  );
  assert.equal(outcomes[0]?.["mountKept"], true, "the kill lost the mount");
  assert.equal(outcomes[2]?.["mountKept"], true, "the hot reload lost the mount");
  const diff = outcomes[2]?.["lines"] as string[];
  assert(diff.includes("+ fuse.io_threads = 48"), diff.join("\n"));
  nothingIsLeft(lines);
}

Deno.test({
  name:
    "simulate --chaos as root: killed, misconfigured, reconfigured, stopped, and back each time",
  ignore: missing("executable", "root", "fuse", "tool:bindfs"),
  async fn(): Promise<void> {
    const args = ["simulate", "--env-file", "cache-client.env", "--chaos", "--json"];
    const ran = await runExecutable(args, { cwd: LOCAL });
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    isSurvived(story(ran));
  },
});

Deno.test({
  name: "simulate --chaos as an ordinary user: the same story",
  ignore: missing("executable", "root", "tool:setpriv"),
  async fn(): Promise<void> {
    const ran = await asNobody(["simulate", "--env-file", "thin.env", "--chaos", "--json"]);
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    isSurvived(story(ran));
  },
});

Deno.test({
  name: "simulate --chaos of a server: killed, started again, stopped in order",
  ignore: missing("executable"),
  async fn(): Promise<void> {
    const args = ["simulate", "--env-file", "cache-worker.env", "--chaos", "--for", "8s", "--json"];
    const ran = await runExecutable(args, { cwd: LOCAL });
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    const exits = story(ran).filter(({ kind }) => kind === "exited");
    assert.deepEqual(exits.map((line) => line["exitCode"]), [137, 0]);
  },
});

Deno.test({
  name: "simulate keeps a --root, with all that was written, and writes nowhere else",
  ignore: missing("executable"),
  async fn(): Promise<void> {
    const root = await Deno.realPath(await Deno.makeTempDir());
    try {
      const args = ["simulate", "--env-file", "cache-worker.env", "--root", root, "--for", "3s"];
      const ran = await runExecutable(args, { cwd: LOCAL });
      assert.equal(ran.code, 0, ran.stdout + ran.stderr);
      const toml = await Deno.readTextFile(`${root}/app/curvine/conf/curvine-cluster.toml`);
      assert.match(toml, new RegExp(`data_dir = \\["\\[MEM:1GB\\]${root}/dev/shm"\\]`));
      assert(
        ran.stdout.split("\n").every((line) => line.length <= 80 || !line.trim().includes(" ")),
      );
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});

Deno.test({
  name: "simulate runs the real programs of a CURVINE_HOME, and leaves that as it was",
  ignore: missing("executable", "root", "fuse"),
  async fn(): Promise<void> {
    const home = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${home}/lib`);
      await Deno.mkdir(`${home}/conf`);
      await Deno.writeTextFile(
        `${home}/lib/curvine-server`,
        '#!/bin/sh\necho "the real one, $*"\ntrap "exit 0" TERM\nwhile :; do sleep 0.05; done\n',
        { mode: 0o755 },
      );
      await Deno.writeTextFile(`${home}/conf/curvine-cluster.toml`, "[worker]\nweight = 7\n");
      const ran = await runExecutable(
        ["simulate", "--env-file", "cache-worker.env", "--for", "3s", "--json"],
        { cwd: LOCAL, env: { CURVINE_HOME: home } },
      );
      assert.equal(ran.code, 0, ran.stdout + ran.stderr);
      const lines = story(ran);
      assert.equal(find(lines, "begin")["real"], true);
      assert.match(find(lines, "config").text, /against the base/);
      const changes = find(lines, "config")["changes"] as { key: string }[];
      assert(!changes.some(({ key }) => key === "worker.weight"), "the base is no change");
      assert.match(find(lines, "daemon").text, /the real one, --service worker/);
      assert.deepEqual([...Deno.readDirSync(`${home}/conf`)].map(({ name }) => name), [
        "curvine-cluster.toml",
      ]);
    } finally {
      await Deno.remove(home, { recursive: true });
    }
  },
});

Deno.test({
  name: "simulate shows no secret",
  ignore: missing("executable"),
  async fn(): Promise<void> {
    const folder = await Deno.makeTempDir();
    try {
      const config = JSON.parse(await Deno.readTextFile(`${LOCAL}/thin.json`));
      config.runtimeOptions["s3.secret-key"] = "must-not-be-shown";
      await Deno.writeTextFile(`${folder}/thin.json`, JSON.stringify(config));
      await Deno.copyFile(`${LOCAL}/thin.env`, `${folder}/thin.env`);
      const args = ["simulate", "--env-file", `${folder}/thin.env`, "--for", "300ms"];
      const { code, stdout, stderr } = await runExecutable(args);
      assert.equal(code, 0, stderr);
      assert(!(stdout + stderr).includes("must-not-be-shown"));
      assert.match(stdout, /secret-key = "\*{6}"/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "simulate says what it wants: an env file, one that exists, a time",
  ignore: missing("executable"),
  async fn(): Promise<void> {
    const cases: [string[], number, RegExp][] = [
      [["simulate"], 64, /an --env-file is wanted/],
      [["simulate", "--env-file", "nothing.env"], 66, /"nothing.env": there is no such file/],
      [["simulate", "--env-file", "thin.env", "--for", "soon"], 64, /a time such as 10s is wanted/],
      [["simulate", "--env-file", "thin.env", "--root", `/tmp/${"x".repeat(90)}`], 64, /shorter/],
    ];
    for (const [args, wanted, message] of cases) {
      const { code, stderr } = await runExecutable(args, { cwd: LOCAL });
      assert.equal(code, wanted, stderr);
      assert.match(stderr, message);
    }
  },
});

Deno.test({
  name: "a stand-in runs in a simulation only",
  ignore: missing("executable"),
  async fn(): Promise<void> {
    const { code, stderr } = await runExecutable(["stand-in", "curvine-fuse"]);
    assert.equal(code, 64);
    assert.match(stderr, /only curvine-fluid simulate starts this/);
  },
});

Deno.test({
  name: "simulate ends in order when somebody presses Ctrl-C",
  ignore: missing("executable", "root", "fuse", "tool:bindfs"),
  async fn(): Promise<void> {
    const child = new Deno.Command(executable, {
      args: ["simulate", "--env-file", "cache-client.env", "--for", "60s", "--json"],
      cwd: LOCAL,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    let text = "";
    const decoder = new TextDecoder();
    let sent = false;
    for await (const chunk of child.stdout) {
      text += decoder.decode(chunk, { stream: true });
      if (!sent && text.includes('"event":"mounted"')) {
        sent = true;
        child.kill("SIGINT");
      }
    }
    const { code } = await child.status;
    await child.stderr.cancel();
    assert.equal(code, 0, text);
    nothingIsLeft(story({ stdout: text, stderr: "" }));
  },
});

Deno.test({
  name: "status shows a simulated client, once and on and on, without colours in a pipe",
  ignore: missing("executable", "root", "fuse", "tool:bindfs"),
  async fn(): Promise<void> {
    const root = await Deno.realPath(await Deno.makeTempDir());
    const child = new Deno.Command(executable, {
      args: ["simulate", "--env-file", "thin.env", "--root", root, "--for", "120s", "--json"],
      cwd: LOCAL,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    try {
      const lines = new LineReader(child.stdout);
      while (!(await lines.line()).includes('"event":"mounted"'));
      const env = { CURVINE_FLUID_RUN_DIR: `${root}/run` };
      const { code, stdout } = await runExecutable(["status"], { env });
      assert.equal(code, 0);
      assert.match(stdout, /^state {5}mounted for [\d.]+ s\nready {5}yes\nmount {5}\S+thin-fuse\n/);
      assert(!stdout.includes("\x1b"));
      const json = JSON.parse((await runExecutable(["status", "--json"], { env })).stdout);
      assert.deepEqual([json.state, json.last_errors], ["mounted", []]);

      const watch = new Deno.Command(executable, {
        args: ["status", "--watch"],
        env,
        stdin: "null",
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      let seen = "";
      for await (const part of watch.stdout.pipeThrough(new TextDecoderStream())) {
        seen += part;
        if (seen.split("state     mounted").length > 2) watch.kill("SIGINT");
      }
      assert.equal((await watch.status).code, 0, seen);

      child.kill("SIGTERM");
      assert.equal((await child.status).code, 0);
      await lines.cancel();
      const gone = await runExecutable(["status"], { env });
      assert.equal(gone.code, 1);
      assert.match(gone.stderr, /no supervisor answers/);
    } finally {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended, as it should.
      }
      await child.status;
      await Deno.remove(root, { recursive: true });
    }
  },
});
