import assert from "node:assert/strict";
import { tomlTable } from "../../../lib/plan/curvine/toml_value.ts";
import { styleFor } from "../../../lib/observe/style.ts";
import type { Generated } from "../../../lib/plan/generate/generate_plan.ts";
import type { Inputs } from "../../../lib/plan/inputs.ts";
import type { Plan } from "../../../lib/plan/plan.ts";
import { Story } from "../../../lib/tools/simulate/story.ts";
import { daemonOutput, tellPlan } from "../../../lib/tools/simulate/tell_plan.ts";

function story(): { story: Story; told: Record<string, unknown>[] } {
  const told: Record<string, unknown>[] = [];
  const write = (text: string): void => void told.push(JSON.parse(text));
  const style = styleFor(false, {});
  return { story: new Story({ json: true, short: [], style, now: () => 0, write }), told };
}

const PLAN = {
  mode: "thin-runtime",
  component: "fuse",
  reasons: ["because"],
  config: { path: "/c.toml", toml: tomlTable([]) },
  process: { argv: ["/fuse", "--hidden"], env: {}, cwd: "/", policy: "supervise" },
  mount: null,
  warnings: [{ code: "careful", message: "it is hidden" }],
} as unknown as Plan;

function told(plan: Plan, base: string | undefined): Record<string, unknown>[] {
  const { story: one, told } = story();
  const secrets = {
    redactPlan: (whole: Plan): Plan => ({
      ...whole,
      warnings: whole.warnings.map((one) => ({ ...one, message: "it is ***" })),
    }),
  };
  const inputs = {
    env: { CURVINE_HOME: "/home" },
    readText: (path: string) => path.endsWith(".toml") ? base : undefined,
    readFile: () => undefined,
    kindOf: () => base === undefined ? "absent" : "file",
  } as unknown as Inputs;
  tellPlan({ plan, secrets } as unknown as Generated, one, inputs);
  return told;
}

Deno.test("what was detected is told in order, and warnings without secrets", () => {
  const sections = told(PLAN, undefined);
  assert.deepEqual(sections.map(({ kind }) => kind), ["mode", "warning", "config", "process"]);
  assert.deepEqual(sections[0]?.["lines"], ["because"]);
  assert.equal(sections[1]?.["text"], "Warning (careful)");
  assert.deepEqual(sections[1]?.["lines"], ["it is ***"]);
  assert.match(String(sections[2]?.["text"]), /^Configuration \/c\.toml, against no base$/);
});

Deno.test("whether the process is kept alive or takes our place is told", () => {
  const kept = told(PLAN, undefined).at(-1);
  assert.equal(kept?.["text"], "Process, started and kept alive");
  assert.deepEqual(kept?.["lines"], ["/fuse --hidden"]);
  const process = { ...PLAN.process, policy: "exec" as const };
  const other = told({ ...PLAN, process }, undefined).at(-1);
  assert.equal(other?.["text"], "Process, which takes our place (exec)");
});

Deno.test("what the daemon prints is told line by line, in whatever pieces it comes", async () => {
  const { story: one, told } = story();
  const output = daemonOutput(one);
  const bytes = new TextEncoder().encode("first ü\nsecond\nthird");
  for (const byte of bytes) assert.equal(await output.write(new Uint8Array([byte])), 1);
  assert.deepEqual(told.map(({ line }) => line), ["first ü", "second"]);
  assert.equal(told[0]?.["text"], "daemon: first ü");
});
