import type { Invocation } from "../cli/command.ts";
import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { shellQuote } from "../text/shell_quote.ts";
import { mountScript } from "../plan/generate/mount_script.ts";
import type { Plan } from "../plan/plan.ts";
import { planJson } from "../plan/plan_json.ts";
import { readSettings } from "../plan/settings.ts";
import type { Host } from "../ports/host.ts";
import { generateFor } from "./generate_for.ts";
import { configText, writeConfig } from "./prepare.ts";
import { reasonOf } from "../text/describe_error.ts";

/** Shows what `run` would do. */
export function command({ operands, flags }: Invocation, host: Host): number {
  const { plan, secrets } = generateFor("render", operands, host, {
    settings: readSettings(host.env),
    here: flags.has("write"),
  });
  for (const { code, message } of plan.warnings) host.stderr(`warning (${code}): ${message}\n`);
  const shown = secrets.redactPlan(plan);
  const [out] = flags.get("out") ?? [];
  if (out !== undefined) writeFiles(out, plan, shown, host);
  if (flags.has("write")) writeConfig(plan, host);
  const [format] = flags.get("format") ?? [];
  // Who asks for files wants them, not a copy of the plan beside them.
  if (format !== undefined || (out === undefined && !flags.has("write"))) {
    host.stdout(formatted(shown, format ?? "json"));
  }
  return ExitCode.Done;
}

function formatted(plan: Plan, format: string): string {
  switch (format) {
    case "toml":
      return configText(plan);
    case "argv":
      return `${plan.process.argv.map(shellQuote).join(" ")}\n`;
    case "script": {
      const script = mountScript(plan);
      if (script === undefined) {
        throw new CommandError(
          `Cannot render a mount script for "${plan.component}": only client and fuse mount`,
          ExitCode.Usage,
        );
      }
      return script;
    }
    default:
      return planJson(plan);
  }
}

/** The real configuration, readable by its owner alone, and what may be shown beside it. */
function writeFiles(folder: string, plan: Plan, shown: Plan, host: Host): void {
  const script = mountScript(plan);
  const files: [name: string, text: string, mode: number][] = [
    ["curvine-cluster.toml", configText(plan), 0o600],
    ["plan.json", planJson(shown), 0o644],
    ...(script === undefined
      ? []
      : [["mount-curvine.sh", script, 0o755] as [string, string, number]]),
  ];
  for (const [name, text, mode] of files) {
    const path = `${folder}/${name}`;
    try {
      host.writeFile(path, text, mode);
    } catch (error) {
      throw new CommandError(
        `Cannot write "${path}": ${reasonOf(error)}`,
        ExitCode.OsError,
        { cause: error },
      );
    }
    host.stderr(`wrote ${path}\n`);
  }
}
