import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { Secrets } from "../plan/secrets.ts";
import type { ChildOptions, ChildResult } from "../ports/child.ts";
import { plainText } from "../text/plain_text.ts";

/** What running a command takes; `runChild` is the real one. */
export type RunChild = (argv: readonly string[], options: ChildOptions) => Promise<ChildResult>;

/** How a call of Curvine's cli ended. */
export interface CliResult {
  readonly ok: boolean;
  readonly code: number;
  /** As it was printed: only readers that pick known fields may look at it. */
  readonly stdout: string;
  /** For people: why it failed, secrets taken out. */
  readonly reason: string;
  /** Curvine's master refused, after the cli had seen the UFS. Curvine: Failures. */
  readonly refusedByMaster: boolean;
  readonly stopped: ChildResult["stopped"];
}

/** Curvine's command-line tool with a configuration file of our own. */
export interface CurvineCli {
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
}

/** Limits and listeners of one call. */
export interface CliOptions {
  readonly limitMs?: number;
  readonly signal?: AbortSignal;
  /** Gets each line as it comes, plain and without secrets. */
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
}

/** The lines of a failure that are shown: the last ones tell the cause. */
const REASON_LINES = 6;

/**
 * Makes calls of `curvine-cli`.
 *
 * The configuration file must be known to be good: the cli takes localhost for its master when it
 * cannot read one, and only warns.
 *
 * @param executable `$CURVINE_CLI`, or `$CURVINE_HOME/lib/curvine-cli`
 * @param secrets are taken out of everything that is relayed
 * @param always stops every call that has no signal of its own
 */
export function curvineCli(
  executable: string,
  conf: string,
  runChild: RunChild,
  secrets: Pick<Secrets, "redact">,
  always?: AbortSignal,
): CurvineCli {
  const relay = (text: string): string => secrets.redact(plainText(text));
  return {
    async run(args, { limitMs, signal = always, onLine } = {}): Promise<CliResult> {
      let result: ChildResult;
      try {
        result = await runChild([executable, ...args, "--conf", conf], {
          // Both would be read instead of, or on top of, the file that we checked.
          env: { CURVINE_CONF_FILE: conf, RUST_BACKTRACE: "0" },
          ...(limitMs === undefined ? {} : { limitMs }),
          ...(signal === undefined ? {} : { signal }),
          ...(onLine === undefined
            ? {}
            : { onLine: (line, stream) => onLine(relay(line), stream) }),
        });
      } catch (error) {
        throw new CommandError(
          `Cannot run "${executable}": ${error instanceof Error ? error.message : error}; ` +
            "Curvine's cli is wanted there (CURVINE_CLI names another path)",
          ExitCode.CommandNotFound,
          { cause: error },
        );
      }
      const stderr = relay(result.stderr);
      return {
        ok: result.code === 0 && result.stopped === undefined,
        code: result.code,
        stdout: result.stdout,
        reason: reasonOf(result, stderr, relay(result.stdout)),
        refusedByMaster: result.stopped === undefined && /❌\s*Error:/.test(stderr),
        stopped: result.stopped,
      };
    },
  };
}

function reasonOf(result: ChildResult, stderr: string, stdout: string): string {
  const lines = [
    ...stdout.split("\n").filter((line) => /error|fail/i.test(line)),
    ...stderr.split("\n"),
  ]
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const said = lines.slice(-REASON_LINES).join("; ");
  if (result.stopped === "limit") {
    return `no answer in time${said === "" ? "" : `; it said: ${said}`}`;
  }
  if (result.stopped === "signal") return "it was stopped";
  return said === "" ? `it exited with ${result.code} and said nothing` : said;
}

/** Where the cli lies. Curvine: cv. */
export function cliExecutable(env: Readonly<Record<string, string>>, home: string): string {
  return env["CURVINE_CLI"] || `${home}/lib/curvine-cli`;
}
