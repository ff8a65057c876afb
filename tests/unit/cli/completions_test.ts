import assert from "node:assert/strict";
import { COMMANDS } from "../../../lib/cli/command_table.ts";
import {
  type CompletedCommand,
  completionScript,
  SHELLS,
} from "../../../lib/cli/completion_scripts.ts";
import { missing } from "../../support/requirements.ts";

/** The words that bash offers behind a command line; its last word is the one being written. */
function bashOffers(...words: string[]): Promise<string[]> {
  const script = `${completionScript("bash", COMMANDS)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _curvine_fluid; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines(["bash", "--norc", "-c", script, "bash", ...words]);
}

async function lines(argv: string[]): Promise<string[]> {
  const [command = "", ...args] = argv;
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}

Deno.test({
  name: "bash completes commands, components, flags, values and operands",
  ignore: missing("tool:bash"),
  async fn(): Promise<void> {
    assert.deepEqual(await bashOffers("curvine-fluid", "rend"), ["render"]);
    assert((await bashOffers("curvine-fluid", "")).includes("worker"));
    assert.deepEqual(await bashOffers("curvine-fluid", "check", "--j"), ["--json"]);
    const formats = ["json", "toml", "argv", "script"];
    assert.deepEqual(await bashOffers("curvine-fluid", "render", "--format", ""), formats);
    assert.deepEqual(await bashOffers("curvine-fluid", "render", "--format", "="), formats);
    assert.deepEqual(await bashOffers("curvine-fluid", "render", "--format", "=", "a"), ["argv"]);
    assert.deepEqual(
      await bashOffers("curvine-fluid", "render", "--format", "json", "wo"),
      ["worker"],
    );
    assert.deepEqual(await bashOffers("curvine-fluid", "worker", "star"), ["start"]);
    assert.deepEqual(await bashOffers("curvine-fluid", "completions", "b"), ["bash"]);
    assert.deepEqual(await bashOffers("curvine-fluid", "help", "rend"), ["render"]);
  },
});

Deno.test({
  name: "bash leaves file names to its own completion",
  ignore: missing("tool:bash"),
  async fn(): Promise<void> {
    assert.deepEqual(await bashOffers("curvine-fluid", "check", "REA"), []);
    assert.match(completionScript("bash", COMMANDS), /complete -o default/);
  },
});

Deno.test({
  name: "fish completes commands, flags and values",
  ignore: !await has("fish"),
  async fn(): Promise<void> {
    const script = completionScript("fish", COMMANDS);
    const offers = async (line: string): Promise<string[]> =>
      (await lines(["fish", "--no-config", "-c", `${script}\ncomplete -C ${JSON.stringify(line)}`]))
        .map((offer) => offer.split("\t")[0] ?? "");
    assert.deepEqual(await offers("curvine-fluid rend"), ["render"]);
    assert.deepEqual(await offers("curvine-fluid render --format "), [
      "argv",
      "json",
      "script",
      "toml",
    ]);
    assert((await offers("curvine-fluid check --")).includes("--json"));
  },
});

Deno.test({
  name: "zsh takes the script and knows whom it is for",
  ignore: !await has("zsh"),
  async fn(): Promise<void> {
    const dump = await Deno.makeTempFile();
    const script = `autoload -Uz compinit; compinit -u -d ${dump}
${completionScript("zsh", COMMANDS)}
print $_comps[curvine-fluid]`;
    assert.deepEqual(await lines(["zsh", "-fc", script]), ["_curvine_fluid"]);
    await Deno.remove(dump);
  },
});

Deno.test("every shell's script has every command and every flag", () => {
  for (const shell of SHELLS) {
    const script = completionScript(shell, COMMANDS);
    for (const { name, flags } of COMMANDS) {
      assert(script.includes(name), `${shell}: ${name}`);
      for (const flag of flags) assert(script.includes(flag.name), `${shell}: --${flag.name}`);
    }
  }
});

/** Few machines have all three shells, and none of ours needs them. */
async function has(tool: string): Promise<boolean> {
  try {
    const asked = new Deno.Command(tool, { args: ["--version"], stdout: "null", stderr: "null" });
    return (await asked.output()).success;
  } catch {
    return false;
  }
}

const SMALL: CompletedCommand = {
  name: "try",
  summary: "Try it",
  operands: "FILE [a|b] DIR",
  flags: [
    { name: "on", summary: "Turn on" },
    { name: "in", value: "DIR", summary: "Where" },
    { name: "of", value: "FILE", summary: "What" },
    { name: "is", value: "BOOL", repeatable: true, summary: "Whether" },
    { name: "at", value: "TIME", summary: "When" },
  ],
};

Deno.test("what a flag's value may be is completed as what it is", () => {
  const zsh = completionScript("zsh", [SMALL]);
  for (
    const spec of [
      "'--on[Turn on]'",
      "'--in=[Where]:DIR:_files -/'",
      "'--of=[What]:FILE:_files'",
      "'*--is=[Whether]:BOOL:(true false)'",
      "'--at=[When]:TIME: '",
      "'1:operand:_files'",
      "'2:operand:(a b)'",
      "'3:operand:_files -/'",
    ]
  ) assert(zsh.includes(` ${spec} `), `${spec} in ${zsh}`);
  const fish = completionScript("fish", [SMALL]);
  for (
    const words of [
      "-l on -f -d 'Turn on'",
      "-l in -r -F -d 'Where'",
      "-l of -r -F -d 'What'",
      "-l is -x -a 'true false' -d 'Whether'",
      "-l at -x -d 'When'",
    ]
  ) assert(fish.includes(words), `${words} in ${fish}`);
  const bash = completionScript("bash", [SMALL]);
  assert.equal(bash.split("compgen -d").length - 1, 2, "one flag and one operand are folders");
});
