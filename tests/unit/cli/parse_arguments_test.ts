import fc from "../../support/fast_check.ts";
import assert from "node:assert/strict";
import type { Flag } from "../../../lib/cli/command.ts";
import { CommandError } from "../../../lib/ports/command_error.ts";
import { parseArguments } from "../../../lib/cli/parse_arguments.ts";

const FLAGS: Flag[] = [
  { name: "format", value: "FORMAT", choices: ["json", "toml"], summary: "" },
  { name: "env-file", value: "FILE", repeatable: true, summary: "" },
  { name: "json", summary: "" },
];

function parse(...args: string[]): { operands: readonly string[]; flags: object } {
  const { operands, flags } = parseArguments("render", args, FLAGS);
  return { operands, flags: Object.fromEntries(flags) };
}

function fault(...args: string[]): string {
  try {
    parse(...args);
  } catch (error) {
    assert(error instanceof CommandError);
    assert.equal(error.exitCode, 64);
    assert.match(error.message, /^Cannot run "render": [\s\S]*\nSee: curvine-fluid render --help$/);
    return error.message;
  }
  throw new Error("it was parsed");
}

Deno.test("operands and flags may be mixed; a value stands behind the flag or its equals sign", () => {
  assert.deepEqual(parse("worker", "--format", "toml", "start", "--json"), {
    operands: ["worker", "start"],
    flags: { format: ["toml"], json: [""] },
  });
  assert.deepEqual(parse("--format=json"), { operands: [], flags: { format: ["json"] } });
  assert.deepEqual(parse("--env-file=a=b", "--env-file", "--c"), {
    operands: [],
    flags: { "env-file": ["a=b", "--c"] },
  });
});

Deno.test("behind -- nothing is a flag, and a single dash is an operand", () => {
  assert.deepEqual(parse("-", "--", "--json", "-h"), {
    operands: ["-", "--json", "-h"],
    flags: {},
  });
});

Deno.test("-h is --help, and help wins over faults", () => {
  assert.deepEqual(parse("-h").flags, { help: [""] });
  assert.deepEqual(parse("--nope", "--help").flags, { help: [""] });
});

Deno.test("every fault of a command line is told at once", () => {
  const message = fault(
    "--fromat",
    "--format",
    "yaml",
    "--json=1",
    "--json",
    "--json",
    "--env-file",
  );
  for (
    const part of [
      'there is no flag "--fromat"; did you mean "--format"?',
      '"--format" is "yaml"; one of json, toml is wanted',
      '"--json" takes no value',
      '"--json" is given more than once',
      '"--env-file" wants a value: --env-file FILE',
    ]
  ) assert(message.includes(part), `${part} in ${message}`);
});

Deno.test("a secret behind an unknown flag's equals sign is not shown", () => {
  assert(!fault("--password=hunter2").includes("hunter2"));
});

Deno.test("property: any arguments are parsed or a usage error, and no operand gets lost", () => {
  const argument = fc.oneof(
    fc.string(),
    fc.constantFrom("--", "-h", "--json", "--format", "--format=toml"),
  );
  fc.assert(fc.property(fc.array(argument), (args) => {
    try {
      const { operands, flags } = parseArguments("render", args, FLAGS);
      const values = [...flags.values()].flat().filter((value) => value !== "");
      assert(operands.length + values.length <= args.length);
      for (const one of operands) assert(args.includes(one));
    } catch (error) {
      assert(error instanceof CommandError && error.exitCode === 64);
    }
  }));
});
