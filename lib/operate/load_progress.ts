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
}

/** Before anything was printed. */
export const NO_PROGRESS: LoadProgress = {
  job: undefined,
  state: undefined,
  message: undefined,
  percent: undefined,
  amount: undefined,
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
      return { ...progress, percent: /[\d.]+\s*%/.exec(value)?.[0] ?? progress.percent };
    default:
      return { ...progress, amount: value.trim() };
  }
}

/** Whether the load is over, well or not. */
export function isTerminal({ state }: LoadProgress): boolean {
  return TERMINAL.has(state?.toLowerCase() ?? "");
}

/** Whether all of it was loaded: `PartialSuccess` is a failure like the others. */
export function isCompleted({ state }: LoadProgress): boolean {
  return state?.toLowerCase() === "completed";
}

/** One line for people: `Loading 45.0% 45/100 bytes`. */
export function describeProgress({ state, percent, amount }: LoadProgress): string {
  return [state, percent, amount].filter((part) => part !== undefined && part !== "").join(" ");
}
