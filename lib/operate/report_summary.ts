import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { CurvineCli } from "./curvine_cli.ts";
import {
  completeSummary,
  lacksHitRatio,
  readReport,
  readSummary,
  type Summary,
} from "./summary.ts";

/** What the summary needs of the world. */
export interface SummaryPorts {
  readonly cli: CurvineCli;
  /** The text of a master's `/metrics`, `undefined` where it cannot be had. */
  metrics(hostname: string, limitMs: number): Promise<string | undefined>;
  remainingMs(): number;
}

/** The hit ratio is worth no more than this: Fluid waits for the whole answer. */
const EXTRA_MS = 3_000;

/**
 * Asks Curvine for Fluid's summary and fills in what it leaves open.
 *
 * @throws {CommandError} when Curvine cannot be reached
 */
export async function reportSummary(ports: SummaryPorts): Promise<Summary> {
  const { cli, remainingMs } = ports;
  // A little is kept back for the second question.
  const asked = await cli.run(["report", "fluid-summary"], {
    limitMs: Math.max(1_000, remainingMs() - EXTRA_MS),
  });
  let summary = asked.ok ? readSummary(asked.stdout) : undefined;
  const reason = asked.ok ? "it printed no JSON object" : asked.reason;
  if (summary !== undefined && !lacksHitRatio(summary)) return completeSummary(summary, undefined);

  // A Curvine without "fluid-summary" (usage, 2) still has "json"; an unreachable one has neither.
  const limitMs = Math.min(EXTRA_MS, remainingMs());
  const worthIt = summary !== undefined || asked.ok || asked.code === 2;
  const report = worthIt && limitMs > 0
    ? await cli.run(["report", "json"], { limitMs })
    : undefined;
  const read = report?.ok ? readReport(report.stdout) : undefined;
  summary ??= read?.summary;
  if (summary === undefined) {
    throw new CommandError(
      `Cannot report Curvine's summary: ${reason}`,
      ExitCode.Unavailable,
    );
  }
  const leader = read?.activeMaster?.replace(/:\d+$/, "");
  const left = Math.min(EXTRA_MS, remainingMs());
  const metrics = leader === undefined || left <= 0 ? undefined : await ports.metrics(leader, left);
  return completeSummary(summary, metrics);
}
