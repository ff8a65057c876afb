import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { CurvineCli } from "./curvine_cli.ts";
import {
  completeSummary,
  hasCapacity,
  lacksHitRatio,
  readReport,
  readSummary,
  type Report,
  type Summary,
} from "./summary.ts";

/** What the summary needs of the world. */
export interface SummaryPorts {
  readonly cli: CurvineCli;
  /** Whether a worker is to be waited for: Fluid asks before one has registered. */
  readonly awaitWorker: boolean;
  /** The text of a master's `/metrics`, `undefined` where it cannot be had. */
  metrics(hostname: string, limitMs: number): Promise<string | undefined>;
  remainingMs(): number;
  /** One message for people. */
  say(message: string): void;
  /** Resolves after so many milliseconds, sooner when the command is to end. */
  pause(milliseconds: number): Promise<void>;
  /** Aborted when the command is to end. */
  readonly signal: AbortSignal;
}

/** The hit ratio is worth no more than this: Fluid waits for the whole answer. */
const EXTRA_MS = 3_000;
/** Between two questions while nobody leads, or no worker has registered. */
const PAUSE_MS = 500;

/**
 * Asks Curvine for Fluid's summary and fills in what it leaves open. Fluid asks once, when the
 * Dataset becomes Bound: what there is to tell a second later would be lost, so a master that
 * leads, and a first worker, are waited for as long as there is time.
 *
 * @throws {CommandError} when Curvine cannot be reached
 */
export async function reportSummary(ports: SummaryPorts): Promise<Summary> {
  const { cli, remainingMs, say, pause } = ports;
  let asked = await ask(ports);
  for (let said = false; isWorthWaiting(asked, ports); asked = await ask(ports)) {
    if (!said) {
      say(
        asked.summary === undefined
          ? `Waiting for a master that leads: ${asked.reason}`
          : "Waiting for a worker: Curvine has no capacity yet",
      );
    }
    said = true;
    await pause(PAUSE_MS);
  }
  const { summary } = asked;
  if (summary === undefined) {
    throw new CommandError(
      `Cannot report Curvine's summary: ${asked.reason}`,
      ExitCode.Unavailable,
    );
  }
  if (ports.awaitWorker && !hasCapacity(summary)) say("No worker has registered in time");
  if (!lacksHitRatio(summary)) return completeSummary(summary, undefined);
  const report = asked.report ?? await askReport(cli, Math.min(EXTRA_MS, remainingMs()));
  const leader = report?.activeMaster?.replace(/:\d+$/, "");
  const left = Math.min(EXTRA_MS, remainingMs());
  const metrics = leader === undefined || left <= 1 ? undefined : await ports.metrics(leader, left);
  return completeSummary(summary, metrics);
}

interface Asked {
  readonly summary: Summary | undefined;
  /** The longer report, where it had to be asked for already. */
  readonly report: Report | undefined;
  /** Why there is no summary. */
  readonly reason: string;
}

async function ask({ cli, remainingMs }: SummaryPorts): Promise<Asked> {
  // A little is kept back for the second question.
  const asked = await cli.run(["report", "fluid-summary"], {
    limitMs: Math.max(Math.min(1_000, remainingMs()), remainingMs() - EXTRA_MS),
  });
  const summary = asked.ok ? readSummary(asked.stdout) : undefined;
  const reason = asked.ok ? "it printed no JSON object" : asked.reason;
  // A Curvine without "fluid-summary" (usage, 2) still has "json"; an unreachable one has neither.
  if (summary !== undefined || !(asked.ok || asked.code === 2)) {
    return { summary, report: undefined, reason };
  }
  const report = await askReport(cli, Math.min(EXTRA_MS, remainingMs()));
  return { summary: report?.summary, report, reason };
}

async function askReport(cli: CurvineCli, limitMs: number): Promise<Report | undefined> {
  if (limitMs <= 1) return undefined;
  const report = await cli.run(["report", "json"], { limitMs });
  return report.ok ? readReport(report.stdout) : undefined;
}

function isWorthWaiting(asked: Asked, ports: SummaryPorts): boolean {
  if (ports.signal.aborted || ports.remainingMs() <= EXTRA_MS + PAUSE_MS) return false;
  return asked.summary === undefined || (ports.awaitWorker && !hasCapacity(asked.summary));
}
