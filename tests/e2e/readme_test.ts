import assert from "node:assert/strict";
import { missing } from "../support/requirements.ts";
import { COMMANDS } from "../../lib/cli/command_table.ts";
import { runExecutable } from "../support/run_executable.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** The lines of the shell blocks of a document, without their comments. */
async function shellLines(path: string): Promise<string[]> {
  const text = await Deno.readTextFile(`${ROOT}/${path}`);
  return [...text.matchAll(/```sh\n([^]*?)```/g)]
    .flatMap(([, block = ""]) => block.split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "");
}

Deno.test("the two commands of the READMEs are tasks, run by the pinned Deno", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`));
  for (const path of ["README.md", "README.zh.md"]) {
    const lines = (await shellLines(path)).filter((line) => line.startsWith("npx "));
    assert.deepEqual(lines, [
      "npx -y deno@2.9.6 task demo",
      "npx -y deno@2.9.6 task test",
    ], path);
    for (const line of lines) assert(Object.hasOwn(tasks, line.split(" ").at(-1) ?? ""), line);
  }
});

Deno.test({
  name: "deno task demo ends by itself, with 0, and tells what became of every trouble",
  ignore: missing("executable", "root", "fuse", "tool:bindfs"),
  async fn(): Promise<void> {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "demo"],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert.equal(code, 0, text + new TextDecoder().decode(stderr));
    assert.match(text, /worker: FLUID_RUNTIME_COMPONENT_TYPE is "worker"/);
    assert.match(text, /Kept: daemon \d+ has taken the mount over/);
    assert.match(text, /Refused, and what runs goes on/);
    assert.match(text, /Applied by a hot reload: the mount is the same/);
    assert.match(
      text,
      /The end: run exited with 0; no process of the daemon is left, and no mount/,
    );
  },
});

Deno.test({
  name: "every command line of the documents and examples is one that we understand",
  ignore: missing("executable"),
  async fn(): Promise<void> {
    const documents = [
      "README.md",
      "README.zh.md",
      "docs/operations.md",
      "docs/troubleshooting.md",
      "docs/zh/operations.md",
    ];
    const lines = (await Promise.all(documents.map(shellLines))).flat()
      .concat(COMMANDS.flatMap(({ examples }) => examples.map(([line]) => line)));
    const known = COMMANDS.map(({ name }) => name);
    let understood = 0;
    for (const line of lines) {
      const words = /\bcurvine-fluid((?: [\w./…:-]+)*)/.exec(line.replace(/^docker.*/, ""))?.[1];
      const [command, ...rest] = (words ?? "").trim().split(" ");
      if (!command || !known.includes(command)) continue;
      const flags = rest.filter((word) => word.startsWith("--")).map((word) => word.split("=")[0]);
      const { stdout } = await runExecutable([command, "--help"]);
      for (const flag of flags) assert(stdout.includes(`${flag} `), `${line}: ${flag}`);
      understood++;
    }
    assert(understood > 20, `only ${understood} lines were understood`);
  },
});
