import { CommandError } from "../ports/command_error.ts";
import type { Invocation } from "../cli/command.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { readNamedFile } from "../ports/read_named_file.ts";
import { ConfigError } from "../plan/config_error.ts";
import { utf8Text } from "../plan/fluid/load_json.ts";
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
 * 0 none, 78 some, 66 a named file cannot be read.
 *
 * With `--show` stdout has what Fluid would write for the manifests' runtimes, and stderr the rest.
 */
export async function command({ operands, flags }: Invocation, host: Host): Promise<number> {
  const files = operands.length > 0 ? [...new Set(operands)] : [ownFile(host)];
  const contents = new Map<string, Uint8Array>();
  const unread: string[] = [];
  for (const file of files) {
    try {
      contents.set(file, readNamedFile(file, "check", host));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      unread.push(error.message);
    }
  }
  const manifests: ManifestFile[] = [];
  const reports: Report[] = [];
  for (const [file, bytes] of contents) {
    const kind = kindOf(file, bytes);
    if (kind === "runtime config") {
      reports.push(checkJson(file, flags.get("as")?.[0], withRead(contents, host)));
    } else if ("text" in kind) manifests.push(kind);
    else reports.push(kind);
  }
  if (flags.has("show")) refuseOthers(reports);
  const checked = manifests.length > 0 ? await checkYaml(manifests, host) : NOTHING;
  reports.push(...checked.reports);
  if (flags.has("show")) {
    for (const report of checked.reports) printFaults(report, host);
    host.stdout(`${JSON.stringify(checked.written, textOfBig, 2)}\n`);
  } else if (flags.has("json")) host.stdout(`${JSON.stringify(reports, null, 2)}\n`);
  else for (const report of reports) print(report, host);
  for (const message of unread) host.stderr(`${message}\n`);
  if (unread.length > 0) return ExitCode.NoInput;
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

/**
 * A file is one of manifests when it has `apiVersion:` and `kind:`, as JSON or as YAML.
 *
 * @returns a report where it is one that is no text
 */
function kindOf(file: string, bytes: Uint8Array): ManifestFile | ManifestReport | "runtime config" {
  const text = new TextDecoder().decode(bytes);
  const has = (field: string): boolean =>
    new RegExp(`^\\s*(?:[{,]\\s*)?"?${field}"?\\s*:`, "m").test(text);
  if (!(has("apiVersion") && has("kind") || /\.ya?ml$/.test(file))) return "runtime config";
  try {
    return { file, text: utf8Text(bytes, file) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { file, checked: [], problems: error.problems, warnings: [] };
  }
}

/** What was read once is not read again: the next time a pipe has nothing left. */
function withRead(contents: ReadonlyMap<string, Uint8Array>, host: Host): Host {
  return {
    ...host,
    kindOf: (path) => contents.has(path) ? "file" : host.kindOf(path),
    readFile: (path) => contents.get(path) ?? host.readFile(path),
    readText: (path) => contents.get(path) ?? host.readText(path),
  };
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
  return checkManifests(files, { ...inputsOf(host, []), env });
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
