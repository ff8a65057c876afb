import type { Status } from "../../observe/status.ts";
import { timeText } from "../../observe/status_view.ts";
import { fail, type Finding, ok, warn } from "./finding.ts";
import type { Page } from "./pages.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";
import { mainCause, MENDS } from "./restart_causes.ts";

/** The supervisor of this container, by its own word. */
export const supervisorProbe: Probe = {
  name: "supervisor",
  page: "restarts",
  async look({ draft, isHere, status }: Patient): Promise<Finding[]> {
    const isWanted = isHere && draft?.plan.process.policy === "supervise";
    return judgeSupervisor(await status(), isWanted);
  },
};

/** @param isWanted whether this container should have one */
export function judgeSupervisor(status: Status | undefined, isWanted: boolean): Finding[] {
  if (status === undefined) return isWanted ? [NONE] : [];
  return [
    stateOf(status),
    ...(status.config_problem === null ? [] : [fail(
      "supervisor",
      `a changed configuration was refused, the one before it is kept: ${status.config_problem}`,
      "put it right where it is written; the supervisor takes it as soon as it arrives",
      "config",
    )]),
  ];
}

const NONE = fail(
  "supervisor",
  "none answers in this container",
  "is its first process curvine-fluid? Ask as the same user, and with the same " +
    "CURVINE_FLUID_RUN_DIR and TMPDIR; a container that begins anew has a termination message",
  "restarts",
);

/** A daemon waits this long for a master before it says so, in seconds. */
const LONG_START_S = 20;

function stateOf(status: Status): Finding {
  const since = timeText(status.state_seconds);
  const is = `${status.state} for ${since}`;
  if (status.failures > 0 || ["backoff", "failed"].includes(status.state)) {
    return looping(status, is);
  }
  switch (status.state) {
    case "mounted":
      return status.ready ? well(status, is) : unready(status, is);
    case "standing-by":
      return status.ready
        ? ok("supervisor", `${is}: another client serves the target, and answers`)
        : unready(status, is);
    case "starting":
    case "clearing":
      return status.state_seconds < LONG_START_S
        ? warn("supervisor", is, "it is on its way: ask again in a moment", "mount")
        : fail(
          "supervisor",
          withWords(is, status),
          "it waits for a master: see masters",
          "masters",
        );
    case "waiting":
      return warn(
        "supervisor",
        status.reason ?? is,
        "give the Dataset a mount: spec.mounts with a curvine:// mountPoint",
        "config",
      );
    default:
      return warn("supervisor", is, "it is on its way: ask again in a moment", "restarts");
  }
}

function well(status: Status, is: string): Finding {
  const { restarts_total: restarts, last_restart: last } = status;
  const told = `${is}, configuration ${status.config_generation}`;
  if (restarts === 0) return ok("supervisor", `${told}, no restart`);
  const kept = status.takeovers_total;
  const counted = `${told}, ${restarts} restarts (${kept} kept the mount), the last: ${
    last ?? "?"
  }`;
  if (kept === restarts) return ok("supervisor", counted);
  return warn("supervisor", counted, ...mendOf(status));
}

function looping(status: Status, is: string): Finding {
  const { failures, last_restart: last } = status;
  const counted = `${is}; ${failures} starts in a row without a mount`;
  const told = last === null ? counted : `${counted}, the last: ${last}`;
  return fail("supervisor", withWords(told, status), ...mendOf(status));
}

function mendOf({ restarts }: Status): readonly [mend: string, page: Page] {
  const cause = mainCause(restarts);
  return cause === undefined
    ? ["see its last errors: curvine-fluid status", "restarts"]
    : MENDS[cause];
}

function unready({ reason }: Status, is: string): Finding {
  const told = `${is}, not ready: ${reason ?? "it does not say why"}`;
  const isUnshared = reason?.includes("nobody outside") === true;
  return isUnshared
    ? fail("supervisor", told, "delete the pod, so that the volume is bound anew", "unshared")
    : fail("supervisor", told, "see mount and masters", "hang");
}

/** What the daemon said last mostly tells more than any count. */
function withWords(
  told: string,
  { daemon_last_lines: lines, last_errors: errors }: Status,
): string {
  const last = lines.findLast((line) => line.trim() !== "")?.trim() ?? "";
  // The last restart's reason may have it already.
  const said = last === "" || told.includes(last) ? undefined : last;
  const error = errors.findLast(({ level }) => level === "error");
  return [
    told,
    ...(error === undefined ? [] : [`error: ${error.message}`]),
    ...(said === undefined ? [] : [`the daemon said: ${said.slice(0, MOST_WORDS)}`]),
  ].join("\n");
}

const MOST_WORDS = 300;
