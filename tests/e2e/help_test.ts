import assert from "node:assert/strict";
import { COMMANDS, RUN_WORDS } from "../../lib/cli/command_table.ts";
import { executable, missing } from "../support/requirements.ts";
import { run } from "../support/run.ts";
import { runExecutable } from "../support/run_executable.ts";
import { assertSnapshot } from "../support/snapshot.ts";

const ignore = missing("executable");

Deno.test({
  name: "the help of the program and of every command is what it was",
  ignore,
  async fn(): Promise<void> {
    const program = await runExecutable(["--help"]);
    assert.deepEqual([program.code, program.stderr], [0, ""]);
    await assertSnapshot("help/program.txt", program.stdout);
    for (const { name } of COMMANDS) {
      const { code, stdout, stderr } = await runExecutable([name, "--help"]);
      assert.deepEqual([code, stderr], [0, ""], name);
      await assertSnapshot(`help/${name}.txt`, stdout);
      assert.equal((await runExecutable(["help", name])).stdout, stdout, name);
    }
  },
});

Deno.test({
  name: "no line of a help page is wider than 80 columns",
  ignore,
  async fn(): Promise<void> {
    for (const args of [["--help"], ...COMMANDS.map(({ name }) => [name, "--help"])]) {
      const { stdout } = await runExecutable(args);
      const wide = stdout.split("\n").filter((line) => [...line].length > 80);
      assert.deepEqual(wide, [], args.join(" "));
    }
  },
});

Deno.test({
  name: "an unknown command and an unknown flag name the nearest one",
  ignore,
  async fn(): Promise<void> {
    const env = { FLUID_RUNTIME_TYPE: "thin" };
    const command = await runExecutable(["rendr"], { env });
    assert.equal(command.code, 64);
    assert.match(command.stderr, /did you mean "render"\?/);
    const flag = await runExecutable(["render", "--fromat", "toml"]);
    assert.equal(flag.code, 64);
    assert.match(flag.stderr, /there is no flag "--fromat"; did you mean "--format"\?/);
  },
});

Deno.test({
  name: "options, schema and completions print on stdout alone",
  ignore,
  async fn(): Promise<void> {
    for (
      const [args, expected] of [
        [["options", "--format", "json", "umask"], /"option": "fuse.umask"/],
        [["schema", "thin"], /"master-endpoints"/],
        [["completions", "bash"], /complete -o default -F/],
      ] as const
    ) {
      const { code, stdout, stderr } = await runExecutable(args);
      assert.deepEqual([code, stderr], [0, ""], args.join(" "));
      assert.match(stdout, expected);
    }
    const none = await runExecutable(["options", "no such option"]);
    assert.deepEqual([none.code, none.stdout], [1, ""]);
    assert.equal((await runExecutable(["schema", "thick"])).code, 64);
    assert.equal((await runExecutable(["completions", "tcsh"])).code, 64);
  },
});

Deno.test({
  name: "bash with the compiled executable's script completes a component",
  ignore: missing("executable", "tool:bash"),
  async fn(): Promise<void> {
    const { stdout: script } = await runExecutable(["completions", "bash"]);
    const test = `${script}
COMP_WORDS=(curvine-fluid wor); COMP_CWORD=1; _curvine_fluid; echo "\${COMPREPLY[@]}"`;
    const { stdout } = await new Deno.Command("bash", { args: ["--norc", "-c", test] }).output();
    assert.equal(new TextDecoder().decode(stdout).trim(), "worker");
    assert(RUN_WORDS.includes("worker"));
  },
});

Deno.test({
  name: "a full disk behind standard output is an error of the system's, not a bug of ours",
  ignore,
  async fn(): Promise<void> {
    const { code, stderr } = await run(["sh", "-c", 'exec "$0" options >/dev/full', executable], {
      mayFail: true,
    });
    assert.equal(code, 71);
    assert.match(stderr, /^Cannot write to standard output: No space left on device/);
  },
});
