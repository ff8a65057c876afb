import type { Status } from "./status.ts";
import type { Style } from "./style.ts";

const NAME_WIDTH = 10;

/**
 * The status for a person's eyes, in 80 columns where the texts allow it.
 *
 * @param style how what is good, bad or doubtful looks
 */
export function statusView(status: Status, style: Style): string {
  const rows: (readonly [name: string, value: string])[] = [
    ["state", `${stateText(status, style)} for ${timeText(status.state_seconds)}`],
    ["ready", readyText(status, style)],
    ...(status.target === null ? [] : [
      [
        "mount",
        `${status.target}${mountText(status, style)}`,
      ] as const,
    ]),
    ["daemon", status.pid === null ? style.bad("not running") : `process ${status.pid}`],
    ...(status.requests_waiting === null
      ? []
      : [["waiting", countText(status.requests_waiting, "request")] as const]),
    ["restarts", restartText(status)],
    ...(status.last_restart === null ? [] : [["", `the last: ${status.last_restart}`] as const]),
    ...(status.last_remount_seconds === null
      ? []
      : [["", `not served then for ${timeText(status.last_remount_seconds)}`] as const]),
    ...(status.failures === 0 ? [] : [
      ["", style.bad(`${countText(status.failures, "start")} in a row without a mount`)] as const,
    ]),
    ...(status.mounted && status.takeover_problem !== null
      ? [["takeover", style.doubtful(`no: ${status.takeover_problem}`)] as const]
      : []),
    ["config", configText(status)],
    ...(status.config_problem === null
      ? []
      : [["", style.bad(`refused: ${status.config_problem}`)] as const]),
    ...status.last_errors.map(({ time, level, message }, index) =>
      [
        index === 0 ? "errors" : "",
        `${style.dim(clockText(time))} ${level === "error" ? style.bad(message) : message}`,
      ] as const
    ),
    // While it serves they are of no interest; while it does not, they mostly say why.
    ...(status.ready
      ? []
      : status.daemon_last_lines.map((line, index) =>
        [index === 0 ? "said" : "", style.dim(line)] as const
      )),
    ["since", `up for ${timeText(status.uptime_seconds)}, version ${status.version}`],
  ];
  return rows.map(([name, value]) => {
    const [first = "", ...rest] = value.split("\n");
    const indent = " ".repeat(NAME_WIDTH);
    return [`${style.bold(name.padEnd(NAME_WIDTH))}${first}`, ...rest.map((line) => indent + line)]
      .join("\n");
  }).join("\n") + "\n";
}

function stateText({ state }: Status, style: Style): string {
  switch (state) {
    case "mounted":
      return style.good(state);
    case "failed":
    case "backoff":
      return style.bad(state);
    default:
      return style.doubtful(state);
  }
}

function mountText({ mounted, state }: Status, style: Style): string {
  if (mounted) return "";
  return state === "standing-by"
    ? style.doubtful(" (another client's)")
    : style.bad(" (not mounted)");
}

function readyText({ ready, reason }: Status, style: Style): string {
  return ready ? style.good("yes") : style.bad(`no: ${reason ?? "not mounted"}`);
}

function restartText({ restarts, restarts_total, takeovers_total }: Status): string {
  const kept = takeovers_total === 0 ? "" : `; ${takeovers_total} kept the mount`;
  return `${restarts_total}${nonZero(restarts)}${kept}`;
}

function configText({ config_generation, reloads }: Status): string {
  return `generation ${config_generation}${nonZero(reloads)}`;
}

function nonZero(counts: Readonly<Record<string, number>>): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.length === 0
    ? ""
    : ` (${some.map(([name, count]) => `${name} ${count}`).join(", ")})`;
}

function countText(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** `12:03:04` of an ISO time: whoever looks knows the day. */
function clockText(time: string): string {
  return /T(\d\d:\d\d:\d\d)/.exec(time)?.[1] ?? time;
}

/**
 * A length of time in the two units that matter.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(timeText(0.25), "0.25 s");
 * assert.equal(timeText(95), "1 min 35 s");
 * assert.equal(timeText(180_000), "2 d 2 h");
 * ```
 */
export function timeText(seconds: number): string {
  if (seconds < 10) return `${Math.round(seconds * 100) / 100} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const units: [number, string][] = [[86_400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const first = units.findIndex(([size]) => whole >= size);
  const parts = units.slice(first, first + 2).map(([size, name], index) => {
    const count = Math.floor(
      index === 0 ? whole / size : (whole % (units[first]?.[0] ?? 1)) / size,
    );
    return count === 0 ? "" : `${count} ${name}`;
  });
  return parts.filter((part) => part !== "").join(" ");
}
