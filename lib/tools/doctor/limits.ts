import { SPLICE_WARNINGS } from "../../plan/generate/guard_splice.ts";
import type { Warning } from "../../plan/plan.ts";
import type { GroupFacts } from "../../system/group_facts.ts";
import { fail, type Finding, ok, warn } from "./finding.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";

/** What the system allows a process: open files, processes, pipes. */
export const limitsProbe: Probe = {
  name: "limits",
  page: "container",
  async look({ draft, isHere, status, world }: Patient): Promise<Finding[]> {
    if (!isHere || draft === undefined) return [];
    const { plan } = draft;
    const mounts = plan.mount !== null;
    const daemon = mounts ? (await status())?.pid ?? "self" : 1;
    const limits = world.read(`/proc/${daemon}/limits`) ?? world.read("/proc/self/limits") ?? "";
    const splice = plan.warnings.find(({ code }) => SPLICE_WARNINGS.includes(code));
    return judgeLimits({
      files: parseLimit(limits, "Max open files"),
      raisesFiles: mounts,
      group: world.group(),
      splice,
    });
  },
};

/** What was found out. */
export interface LimitFacts {
  readonly files: Limit | undefined;
  /** Whether the daemon gets the hard limit, as a client's does. */
  readonly raisesFiles: boolean;
  readonly group: Pick<GroupFacts, "processes" | "processLimit">;
  /** What generating said of pipes that are too small for splice, where they are. */
  readonly splice: Warning | undefined;
}

/** A limit of a process; `Infinity` for none. */
export interface Limit {
  readonly soft: number;
  readonly hard: number;
}

/** Every open file of an application is one of the daemon's; so is every connection of a server. */
const FEW_FILES = 16_384;
/** A server starts some dozens of threads, each of which counts. */
const FEW_PROCESSES = 64;

/** @returns a finding for each that is short, or one that none is */
export function judgeLimits({ files, raisesFiles, group, splice }: LimitFacts): Finding[] {
  const most = raisesFiles ? files?.hard : files?.soft;
  const findings: Finding[] = [];
  if (most !== undefined && most < FEW_FILES) {
    findings.push(warn(
      "limits",
      `no more than ${most} files can be open at once (${raisesFiles ? "hard" : "soft"} limit)`,
      `raise LimitNOFILE of the node's container runtime to ${FEW_FILES} or more`,
      "container",
    ));
  }
  const { processes, processLimit } = group;
  const left = processLimit === undefined ? undefined : processLimit - (processes ?? 0);
  if (left !== undefined && left < FEW_PROCESSES) {
    const found = left > 0 ? warn : fail;
    findings.push(found(
      "limits",
      `${processes ?? "?"} of ${processLimit} processes and threads are used`,
      "raise the kubelet's podPidsLimit; the threads of an application in the same pod count too",
      "container",
    ));
  }
  if (splice?.code === "splice-impossible") {
    findings.push(fail(
      "limits",
      splice.message,
      "take the option out, or make the container privileged",
      "container",
    ));
  }
  if (findings.length > 0) return findings;
  const shown = [
    most === undefined ? undefined : `${most === Infinity ? "unlimited" : most} open files`,
    left === undefined ? undefined : `${left} more processes`,
    splice === undefined ? undefined : "pipes too small for splice, which is off",
  ].filter((one) => one !== undefined);
  return shown.length === 0 ? [] : [ok("limits", shown.join(", "))];
}

/**
 * A line of `/proc/<pid>/limits`.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const text = "Max open files            1024                 524288               files\n";
 * assert.deepEqual(parseLimit(text, "Max open files"), { soft: 1024, hard: 524288 });
 * ```
 */
export function parseLimit(text: string, name: string): Limit | undefined {
  const line = text.split("\n").find((one) => one.startsWith(name));
  const [soft, hard] = line?.slice(name.length).trim().split(/\s+/) ?? [];
  if (soft === undefined || hard === undefined) return undefined;
  return { soft: countOf(soft), hard: countOf(hard) };
}

function countOf(text: string): number {
  return text === "unlimited" ? Infinity : Number(text);
}
