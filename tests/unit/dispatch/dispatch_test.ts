import assert from "node:assert/strict";
import { COMMANDS, findCommand, OLD_NAMES, RUN_WORDS } from "../../../lib/cli/command_table.ts";
import { programHelp } from "../../../lib/cli/help_text.ts";
import { dispatch } from "../../../lib/dispatch/dispatch.ts";
import { ExecError } from "../../../lib/system/exec.ts";
import { Ended, type FakeHost, fakeHost } from "../../support/fake_host.ts";
import { cacheConfig, CONFIG_PATH, thinConfig } from "../../support/generation.ts";

/** Runs a command line to its end. @returns the exit code, or -1 where it became another program */
async function run(host: FakeHost): Promise<number> {
  try {
    await dispatch(host);
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
  }
  return host.ended ?? NaN;
}

Deno.test("version and help, as words and as flags", async () => {
  for (const args of [["version"], ["--version"], ["-V"]]) {
    const host = fakeHost({ args });
    assert.equal(await run(host), 0);
    assert.match(host.out, /^curvine-fluid \S+\n$/);
    assert.equal(host.err, "");
  }
  for (const args of [["help"], ["--help"], ["-h"]]) {
    const host = fakeHost({ args });
    assert.equal(await run(host), 0);
    assert.equal(host.out, programHelp());
  }
});

Deno.test("every command has a help, by help and by --help, with flags and examples", async () => {
  for (const command of COMMANDS) {
    const [byWord, byFlag] = [
      fakeHost({ args: ["help", command.name] }),
      fakeHost({ args: [command.name, "--help"] }),
    ];
    assert.equal(await run(byWord), 0);
    assert.equal(await run(byFlag), 0);
    assert.equal(byFlag.out, byWord.out);
    for (const { name } of command.flags) assert(byWord.out.includes(`--${name}`));
    assert(command.examples.length > 0);
  }
  assert(programHelp().split("\n").every((line) => line.length <= 100));
});

Deno.test("help for an unknown command is a usage error with the nearest name", async () => {
  const host = fakeHost({ args: ["help", "rendr"] });
  assert.equal(await run(host), 64);
  assert.match(host.err, /there is no command "rendr"; did you mean "render"\?/);
});

Deno.test("a component word is run; the old links are their commands", async () => {
  for (const word of RUN_WORDS.filter((one) => one !== "fluid-thin-runtime")) {
    if (word === "client") continue;
    const host = fakeHost({ args: [word, "start"] });
    assert.equal(await run(host), -1);
    assert.deepEqual(host.executed?.argv.slice(1, 3), ["--service", word]);
  }
  const link = fakeHost({ calledAs: "/entrypoint.sh", args: ["worker", "start"] });
  assert.equal(await run(link), -1);
  assert.deepEqual(link.executed?.argv.slice(1, 3), ["--service", "worker"]);
  for (const [name, [command = ""]] of Object.entries(OLD_NAMES)) {
    assert(
      findCommand(command) !== undefined || ["mount-ufs", "report-summary"].includes(command),
      name,
    );
  }
});

Deno.test("generate_config.py and config-parse.py write the file and start nothing", async () => {
  for (
    const [calledAs, env, config] of [
      ["generate_config.py", { FLUID_RUNTIME_COMPONENT_TYPE: "worker" }, cacheConfig()],
      ["config-parse.py", {}, thinConfig()],
    ] as const
  ) {
    const host = fakeHost({
      calledAs,
      env: { ...env, FLUID_RUNTIME_CONFIG_PATH: CONFIG_PATH },
      files: { [CONFIG_PATH]: JSON.stringify(config) },
    });
    assert.equal(await run(host), 0, host.err);
    assert.equal(host.executed, undefined);
    assert.equal(host.out, "");
    assert.match(host.files.get("/app/curvine/conf/curvine-cluster.toml") ?? "", /^# Written by/);
    assert.equal(host.modes.get("/app/curvine/conf/curvine-cluster.toml"), 0o600);
  }
});

Deno.test("an unknown word outside Fluid is executed as it is, arguments untouched", async () => {
  const host = fakeHost({ args: ["bash", "-c", "echo --json", "--", ""] });
  assert.equal(await run(host), -1);
  assert.deepEqual(host.executed, { argv: ["bash", "-c", "echo --json", "--", ""], env: {} });
});

Deno.test("an unknown word inside Fluid is a usage error with the reason and the nearest word", async () => {
  for (const env of [{ FLUID_RUNTIME_TYPE: "thin" }, { FLUID_RUNTIME_COMPONENT_TYPE: "worker" }]) {
    const host = fakeHost({ args: ["wroker", "start"], env });
    assert.equal(await run(host), 64);
    assert.match(host.err, /no such command or component; did you mean "worker"\?/);
    assert.match(host.err, /only outside Fluid, but this is (thin|cache)-runtime: FLUID_RUNTIME_/);
    assert.equal(host.executed, undefined);
  }
});

Deno.test("what cannot be executed is 127 or 126 with a hint for a slip", async () => {
  const absent = new ExecError('Cannot execute "mastr": it does not exist', true);
  const host = fakeHost({ args: ["mastr"], execError: absent });
  assert.equal(await run(host), 127);
  assert.match(host.err, /does not exist; did you mean "master"\?/);
  const refused = new ExecError("Cannot execute it", false);
  assert.equal(await run(fakeHost({ args: ["/etc/passwd"], execError: refused })), 126);
});

Deno.test("nothing to tell a component by is a usage error that says what to do", async () => {
  const host = fakeHost();
  assert.equal(await run(host), 64);
  assert.match(host.err, /name the component: curvine-fluid master start/);
});

Deno.test("wrong words behind a component are told at once", async () => {
  const host = fakeHost({ args: ["run", "mastre", "strat", "x", "y"] });
  assert.equal(await run(host), 64);
  for (const part of ['did you mean "master"?', 'did you mean "start"?', '"x y" is too much']) {
    assert(host.err.includes(part), host.err);
  }
});

Deno.test("stop and restart of a container's own process are refused", async () => {
  for (const action of ["stop", "restart"]) {
    const host = fakeHost({ args: ["transfer", action] });
    assert.equal(await run(host), 64);
    assert.equal(host.executed, undefined);
  }
});

Deno.test("a bad configuration is 78, an unwritable one 71 with a hint, and nothing is started", async () => {
  const bad = fakeHost({
    args: ["master"],
    env: { FLUID_RUNTIME_CONFIG_PATH: CONFIG_PATH },
    files: { [CONFIG_PATH]: "{" },
  });
  assert.equal(await run(bad), 78);
  assert.match(
    bad.err,
    /^Cannot use the runtime config "\/etc\/fluid\/config\/runtime\.json": line 1/,
  );
  const conf = "/app/curvine/conf/curvine-cluster.toml";
  const readOnly = fakeHost({
    args: ["master"],
    failures: { [conf]: new Error("Read-only file system (os error 30)") },
  });
  assert.equal(await run(readOnly), 71);
  assert.match(readOnly.err, /Cannot write the configuration ".*": Read-only.*CURVINE_CONF_FILE/);
  for (const host of [bad, readOnly]) assert.equal(host.executed, undefined);
});

Deno.test("the reason of an end that is the container's is left where Kubernetes shows it", async () => {
  const log = "/dev/termination-log";
  const mine = { CURVINE_FLUID_TERMINATION_LOG: "/mine" };
  const absent = new ExecError("Cannot execute it: it does not exist", true);
  const files = { [log]: "" };
  const cases: [Parameters<typeof fakeHost>[0], path: string, code: number, words: RegExp][] = [
    [{ args: ["run", "mastre"], files }, log, 64, /^Cannot run "run": "mastre" is none of/],
    [{ args: ["mastre"], files, execError: absent }, log, 127, /does not exist/],
    [{ args: ["mastre"], files, env: { FLUID_RUNTIME_TYPE: "thin" } }, log, 64, /no such command/],
    [{ args: ["--no-such-flag"], env: mine }, "/mine", 64, /no flag "--no-such-flag"/],
    [
      { args: ["master", "--termination-log", "/flag"], env: mine, execError: absent },
      "/flag",
      127,
      /not exist/,
    ],
    [
      { args: ["master", "--termination-log=/flag", "--x"], env: mine },
      "/flag",
      64,
      /no flag "--x"/,
    ],
    [
      {
        args: ["master"],
        files: { ...files, [CONFIG_PATH]: "{" },
        env: { FLUID_RUNTIME_CONFIG_PATH: CONFIG_PATH },
      },
      log,
      78,
      /^Cannot use the runtime config .*line 1/,
    ],
    [
      { args: ["master"], files, env: { CURVINE_FLUID_TERMINATION_LOG: "relative" } },
      log,
      78,
      /TERMINATION_LOG: value is "relative", wanted an absolute path/,
    ],
    [{ args: ["master"], files, execError: new TypeError("oops") as ExecError }, log, 70, /oops/],
    [{ args: ["status", "--x"], files, pid: 1 }, log, 64, /no flag "--x"/],
  ];
  for (const [given, path, code, words] of cases) {
    const host = fakeHost(given);
    assert.equal(await run(host), code, host.err);
    assert.match(host.files.get(path) ?? "nothing", words);
  }
});

Deno.test("a probe or a hook beside the container's own process leaves no last words", async () => {
  const files = { "/dev/termination-log": "" };
  for (
    const args of [["health"], ["status", "--x"], ["client", "health-check"], ["master", "stop"]]
  ) {
    const host = fakeHost({ args, files });
    assert(await run(host) > 0, args.join(" "));
    assert.equal(host.files.get("/dev/termination-log"), "", args.join(" "));
  }
});

Deno.test("an unexpected error is 70 and asks for a report", async () => {
  const host = fakeHost({ args: ["master"], execError: new TypeError("oops") });
  assert.equal(await run(host), 70);
  assert.match(host.err, /bug in curvine-fluid, please report it:\nTypeError: oops/);
});

Deno.test("a signal that came before the exec ends us", async () => {
  const host = fakeHost({ args: ["master"], early: ["SIGTERM"] });
  assert.equal(await run(host), 0);
  assert.equal(host.executed, undefined);
});

Deno.test("a signal during any other command ends it as it would have without us", async () => {
  assert.equal(await run(fakeHost({ args: ["version"], early: ["SIGTERM"] })), 143);
  assert.equal(await run(fakeHost({ args: ["version"], early: ["SIGINT"] })), 130);
});
