import { curvinePaths } from "../../plan/curvine/paths.ts";
import { readBase } from "../../plan/generate/base_config.ts";
import type { Generated } from "../../plan/generate/generate_plan.ts";
import type { Story } from "./story.ts";
import { changeLines, tomlChanges } from "./toml_changes.ts";
import type { Inputs } from "../../plan/inputs.ts";

/** Tells what was detected and generated, against the base. */
export function tellPlan(
  { plan, secrets }: Generated,
  story: Story,
  inputs: Inputs,
): void {
  story.section({
    kind: "mode",
    text: "Mode",
    lines: plan.reasons,
    data: { mode: plan.mode, component: plan.component },
  });
  const shown = secrets.redactPlan(plan);
  for (const { code, message } of shown.warnings) {
    story.section({ kind: "warning", text: `Warning (${code})`, lines: [message], data: { code } });
  }
  const base = readBase(curvinePaths(inputs.env), inputs);
  const changes = tomlChanges(base.toml, shown.config.toml);
  story.section({
    kind: "config",
    text: `Configuration ${plan.config.path}, against ${
      base.path === undefined ? "no base" : `the base ${base.path}`
    }`,
    lines: changes.flatMap(changeLines),
    data: { path: plan.config.path, base: base.path ?? null, changes },
  });
  const { argv, policy } = plan.process;
  story.section({
    kind: "process",
    text: policy === "supervise"
      ? "Process, started and kept alive"
      : "Process, which takes our place (exec)",
    lines: [argv.join(" ")],
    data: { argv, policy },
  });
}

/** What the daemon prints, line by line. */
export function daemonOutput(story: Story): { write(bytes: Uint8Array): Promise<number> } {
  const decoder = new TextDecoder();
  let rest = "";
  return {
    write(bytes: Uint8Array): Promise<number> {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        story.event({ kind: "daemon", text: `daemon: ${line}`, data: { line } });
      }
      return Promise.resolve(bytes.length);
    },
  };
}
