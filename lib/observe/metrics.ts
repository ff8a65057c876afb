import type { Snapshot } from "./snapshot.ts";

/** What Prometheus must be told that it gets. */
export const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** The states that the metrics list. */
export const STATES = [
  "waiting",
  "clearing",
  "starting",
  "mounted",
  "reloading",
  "taking-over",
  "backoff",
  "standing-by",
  "stopping",
  "done",
  "failed",
] as const;

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** The metrics as OpenMetrics text (OpenMetrics 1.0). */
export function metrics(snapshot: Snapshot): string {
  const lines: string[] = [];
  const add = (
    name: string,
    type: "gauge" | "counter" | "stateset" | "info",
    help: string,
    samples: readonly Sample[],
    unit = "",
  ): void => {
    const family = `curvine_fluid_${name}`;
    lines.push(`# TYPE ${family} ${type}`);
    if (unit !== "") lines.push(`# UNIT ${family} ${unit}`);
    lines.push(`# HELP ${family} ${help}`);
    const suffix = type === "counter" ? "_total" : type === "info" ? "_info" : "";
    for (const [labels, value] of samples) {
      lines.push(`${family}${suffix}${labelText(labels)} ${value}`);
    }
  };
  const one = (value: number): Sample[] => [[{}, value]];

  add("build", "info", "The version of curvine-fluid.", [[{ version: snapshot.version }, 1]]);
  add(
    "state",
    "stateset",
    "The supervisor's state.",
    STATES.map((state) => [{ curvine_fluid_state: state }, snapshot.state === state ? 1 : 0]),
  );
  add("mounted", "gauge", "Whether the target is mounted.", one(snapshot.mounted ? 1 : 0));
  add("ready", "gauge", "Whether the mount is up and answers.", one(snapshot.ready ? 1 : 0));
  add(
    "restarts",
    "counter",
    "Restarts of the daemon: with the mount that is there (takeover), or with a new one (cold).",
    restarts(snapshot),
  );
  if (snapshot.target !== undefined) {
    add(
      "takeover_possible",
      "gauge",
      "Whether the daemon's death would leave the mount as it is.",
      one(snapshot.noTakeover === undefined ? 1 : 0),
    );
  }
  add(
    "failures",
    "gauge",
    "Starts of the daemon in a row without a mount.",
    one(snapshot.failures),
  );
  if (snapshot.lastRemount !== undefined) {
    add(
      "last_remount_seconds",
      "gauge",
      "How long the target was not served at the last restart.",
      one(snapshot.lastRemount / 1000),
      "seconds",
    );
  }
  add(
    "unserved_seconds",
    "counter",
    "How long the target was not served, all restarts together.",
    one(snapshot.unserved / 1000),
    "seconds",
  );
  if (snapshot.waiting !== undefined) {
    add("requests_waiting", "gauge", "FUSE requests without an answer.", one(snapshot.waiting));
  }
  add("orphans_reaped", "counter", "Orphaned processes reaped.", one(snapshot.reaped));
  add(
    "config_generation",
    "gauge",
    "Configurations applied since the start.",
    one(snapshot.generation),
  );
  add("reloads", "counter", "Reloads by their result.", counts("result", snapshot.reloads));
  add(
    "output_dropped_bytes",
    "counter",
    "Output that was dropped because nobody took it.",
    one(snapshot.droppedBytes),
    "bytes",
  );
  add("uptime_seconds", "gauge", "Age of the supervisor.", one(snapshot.upFor / 1000), "seconds");
  lines.push("# EOF");
  return `${lines.join("\n")}\n`;
}

function restarts({ restarts, takeovers }: Snapshot): Sample[] {
  return Object.entries(restarts).flatMap(([cause, count]) => {
    const kept = takeovers[cause] ?? 0;
    return [[{ cause, how: "takeover" }, kept], [{ cause, how: "cold" }, count - kept]] as Sample[];
  });
}

function counts(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([name, value]) => [{ [label]: name }, value]);
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
}
