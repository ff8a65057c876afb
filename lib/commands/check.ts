import { CommandError } from "../ports/command_error.ts";
import type { Invocation } from "../cli/command.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { ConfigError } from "../plan/config_error.ts";
import { configSubject } from "../plan/generate/generate_plan.ts";
import type { CheckedManifests, ManifestFile } from "../tools/check/check_manifests.ts";
import type { ManifestReport } from "../tools/check/found.ts";
import { detectMode } from "../plan/detect_mode.ts";
import type { Host } from "../ports/host.ts";
import { checkJson, type JsonReport, pick } from "./check_json.ts";
import { inputsOf } from "./inputs_of.ts";

type Report = JsonReport | ManifestReport;

/**
 * Shows every problem of the named files, or of this container's own. Files of Kubernetes manifests
 * are taken together: a Dataset may lie in one of them and its runtime in another. Exit codes:
 * 0 none, 78 some, 66 a named file does not exist.
 *
 * With `--show` stdout has what Fluid would write for the manifests' runtimes, and stderr the rest.
 */
export async function command({ operands, flags }: Invocation, host: Host): Promise<number> {
  const files = operands.length > 0 ? [...new Set(operands)] : [ownFile(host)];
  const absent = files.filter((file) => host.kindOf(file) === "absent");
  const present = files.filter((file) => !absent.includes(file));
  const manifests = present.flatMap((file) => asManifest(file, host) ?? []);
  const reports: Report[] = [];
  for (const file of present.filter((one) => !manifests.some((known) => known.file === one))) {
    reports.push(await checkJson(file, flags.get("as")?.[0], host));
  }
  if (flags.has("show")) refuseOthers(reports);
  const checked = manifests.length > 0 ? await checkYaml(manifests, host) : NOTHING;
  reports.push(...checked.reports);
  if (flags.has("show")) {
    for (const report of checked.reports) printFaults(report, host);
    host.stdout(`${JSON.stringify(checked.written, textOfBig, 2)}\n`);
  } else if (flags.has("json")) host.stdout(`${JSON.stringify(reports, null, 2)}\n`);
  else for (const report of reports) print(report, host);
  for (const file of absent) {
    host.stderr(`Cannot check ${JSON.stringify(file)}: there is no such file\n`);
  }
  if (absent.length > 0) return ExitCode.NoInput;
  return reports.some(({ problems }) => problems.length > 0) ? ExitCode.Config : ExitCode.Done;
}

function ownFile(host: Host): string {
  const { configPath, reasons } = detectMode(inputsOf(host, []));
  if (configPath !== undefined) return configPath;
  throw new CommandError(
    `Cannot tell which file to check: ${reasons[0]}\nName it: curvine-fluid check runtime.json`,
    ExitCode.Usage,
  );
}

/** A file is one of manifests when it has `apiVersion:` and `kind:`, as JSON or as YAML. */
function asManifest(file: string, host: Host): ManifestFile | undefined {
  if (host.kindOf(file) !== "file") return undefined;
  const text = new TextDecoder().decode(host.readFile(file));
  const has = (field: string): boolean =>
    new RegExp(`^\\s*(?:[{,]\\s*)?"?${field}"?\\s*:`, "m").test(text);
  return has("apiVersion") && has("kind") || /\.ya?ml$/.test(file) ? { file, text } : undefined;
}

const NOTHING: CheckedManifests = { reports: [], written: {} };

/** A runtime config is what Fluid has written already. */
function refuseOthers(reports: readonly Report[]): void {
  const [other] = reports;
  if (other === undefined) return;
  throw new CommandError(
    `Cannot show what Fluid would write for ${
      JSON.stringify(other.file)
    }: it holds no manifests\n` +
      "Name files of Kubernetes manifests: curvine-fluid check --show manifests.yaml",
    ExitCode.Usage,
  );
}

function textOfBig(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

/** The library that reads YAML is only loaded for this. */
async function checkYaml(files: readonly ManifestFile[], host: Host): Promise<CheckedManifests> {
  const { checkManifests } = await import("../tools/check/check_manifests.ts");
  const env = pick(host.env, ["CURVINE_HOME", "CURVINE_CONF_FILE", "CURVINE_CONF_DIR"]);
  return await checkManifests(files, { ...inputsOf(host, []), env });
}

function print(report: Report, host: Host): void {
  const { file, problems, warnings } = report;
  const manifest = "checked" in report;
  printFaults(report, host);
  if (problems.length > 0) return;
  const count = warnings.length === 0
    ? ""
    : `, ${warnings.length} ${warnings.length === 1 ? "warning" : "warnings"}`;
  const what = !manifest
    ? ` for a ${report.runtime === "thin" ? "ThinRuntime" : "CacheRuntime"}`
    : report.checked.length === 0
    ? ": nothing of Fluid's is in it"
    : `: ${report.checked.join(", ")}`;
  host.stdout(`${file}: ok${what}${count}\n`);
}

function printFaults(report: Report, host: Host): void {
  const { file, problems, warnings } = report;
  const manifest = "checked" in report;
  const before = manifest ? `${file}: ` : "";
  for (const { code, message } of warnings) {
    host.stderr(`warning (${code}): ${before}${message}\n`);
  }
  if (problems.length === 0) return;
  const subject = manifest ? `the manifest ${JSON.stringify(file)}` : configSubject(file);
  host.stderr(`${new ConfigError(subject, problems).message}\n`);
}
