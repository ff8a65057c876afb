import { plainText } from "../text/plain_text.ts";

/** How far a load has come. */
export interface LoadProgress {
  readonly job: string | undefined;
  /** As Curvine names it: `Pending`, `Loading`, `Completed`, … */
  readonly state: string | undefined;
  readonly message: string | undefined;
  /** Such as `45.0%`. */
  readonly percent: string | undefined;
  /** Such as `45/100 bytes` or `3 completed, 1 failed`. */
  readonly amount: string | undefined;
  /** Files that a transfer could not load; it may call itself completed all the same. */
  readonly failedFiles: number;
}

/** Before anything was printed. */
export const NO_PROGRESS: LoadProgress = {
  job: undefined,
  state: undefined,
  message: undefined,
  percent: undefined,
  amount: undefined,
  failedFiles: 0,
};

/** Curvine: cv load. */
const TERMINAL = new Set(["completed", "failed", "canceled", "cancelled", "partialsuccess"]);

/**
 * Takes a line that `cv load --watch` printed into account: with boxes and emoji, or bare in the
 * transfer mode.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const progress = takeLoadLine(NO_PROGRESS, "│ 🚦 Status: 🟢 Completed");
 * assert.equal(progress.state, "Completed");
 * ```
 */
export function takeLoadLine(progress: LoadProgress, line: string): LoadProgress {
  const text = plainText(line).replace(/^[\s│|]+|[\s│|]+$/g, "");
  const bar = /^\[[^\]]*\]\s*(\d.*)$/u.exec(text);
  if (bar !== null) return { ...progress, amount: bar[1] };
  const field = /^(?:[^\p{L}\p{N}]+\s*)?(Job ID|Status|State|Message|Progress|Files):\s*(.*)$/iu
    .exec(text);
  if (field === null) return progress;
  const [, name = "", value = ""] = field;
  switch (name.toLowerCase()) {
    case "job id":
      return { ...progress, job: value.trim() };
    case "status":
    case "state":
      return { ...progress, state: /\p{L}\w*/u.exec(value)?.[0] ?? progress.state };
    case "message":
      return { ...progress, message: value.trim() };
    case "progress":
      return takeProgress(progress, value);
    default:
      return {
        ...progress,
        amount: value.trim(),
        failedFiles: Number(/(\d+)\s+failed/i.exec(value)?.[1] ?? 0),
      };
  }
}

/** `45.0%`, or in the transfer mode `1.0KB / 2.0KB, message=…`. */
function takeProgress(progress: LoadProgress, value: string): LoadProgress {
  const percent = /[\d.]+\s*%/.exec(value)?.[0];
  if (percent !== undefined) return { ...progress, percent };
  const transfer = /^(.*?),\s*message=(.*)$/.exec(value);
  if (transfer === null) return progress;
  return { ...progress, amount: transfer[1]?.trim(), message: transfer[2]?.trim() };
}

/** Whether the load is over, well or not. */
export function isTerminal({ state }: LoadProgress): boolean {
  return TERMINAL.has(state?.toLowerCase() ?? "");
}

/**
 * Whether all of it was loaded: `PartialSuccess` is a failure like the others, and so is a
 * transfer that completed without some of its files.
 */
export function isCompleted({ state, failedFiles }: LoadProgress): boolean {
  return state?.toLowerCase() === "completed" && failedFiles === 0;
}

/** One line for people: `Loading 45.0% 45/100 bytes`. */
export function describeProgress({ state, percent, amount }: LoadProgress): string {
  return [state, percent, amount].filter((part) => part !== undefined && part !== "").join(" ");
}
