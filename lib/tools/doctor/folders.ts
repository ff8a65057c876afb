import type { Plan } from "../../plan/plan.ts";
import { runFolders } from "../../plan/run_folders.ts";
import { serverFolders } from "../../plan/server_folders.ts";
import type { FolderFacts } from "../../system/folder_facts.ts";
import { fail, type Finding, ok, warn } from "./finding.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";

/** The folders in which something must be made: a root file system may be read-only. */
export const foldersProbe: Probe = {
  name: "folders",
  page: "room",
  async look({ draft, isHere, env, user, folder }: Patient): Promise<Finding[]> {
    if (!isHere || draft === undefined) return [];
    const asked = wantedFolders(draft.plan, runFolders(env, user)).map(async (wanted) => ({
      ...wanted,
      facts: await folder(wanted.path),
    }));
    return judgeFolders(await Promise.all(asked), user);
  },
};

/** A folder that we or a daemon write into. */
export interface WantedFolder {
  readonly path: string;
  readonly holds: string;
  /** One of several of which the first that can be used is taken. */
  readonly isRunFolder: boolean;
}

/** @param run the folders that may hold the control socket, the wanted one first */
export function wantedFolders(plan: Plan, run: readonly string[]): WantedFolder[] {
  const conf = plan.config.path;
  return [
    {
      path: conf.slice(0, conf.lastIndexOf("/")) || "/",
      holds: "the configuration",
      isRunFolder: false,
    },
    ...serverFolders(plan).map(({ path, holds }) => ({ path, holds, isRunFolder: false })),
    ...(plan.process.policy === "supervise"
      ? run.map((path) => ({ path, holds: "the control socket and the lock", isRunFolder: true }))
      : []),
  ];
}

/** A folder with what a child said of it. */
export interface AskedFolder extends WantedFolder {
  readonly facts: FolderFacts | "late" | "unknown";
}

/** @returns a finding for each that cannot be written, or one that all can */
export function judgeFolders(folders: readonly AskedFolder[], user: number): Finding[] {
  const run = folders.filter(({ isRunFolder }) => isRunFolder);
  const findings = [
    ...folders.filter(({ isRunFolder }) => !isRunFolder).flatMap((one) => faultOf(one, user)),
    ...runFaults(run),
  ];
  if (findings.length > 0) return findings;
  return [ok("folders", `all that must be written can be, by user ${user}`)];
}

function faultOf({ path, holds, facts }: AskedFolder, user: number): Finding[] {
  if (facts === "unknown") return [];
  if (facts === "late") {
    const hangs = `"${path}" for ${holds} does not answer: its disk or its network hangs`;
    return [fail("folders", hangs, "look at that volume on the node", "room")];
  }
  const reason = facts.kind === "other" ? "it is no folder" : facts.unwritable;
  if (reason === null) return [];
  const where = facts.nearest === path ? "" : ` ("${facts.nearest}" above it)`;
  const mend = holds === "the configuration"
    ? "set CURVINE_CONF_FILE to a file in a writable folder, such as an emptyDir"
    : /read-only/i.test(reason)
    ? "mount a volume there: the root file system is read-only"
    : `give the volume to user ${user} (an init container with chown; fsGroup does nothing for ` +
      "hostPath), or set runAsUser to its owner";
  return [
    fail(
      "folders",
      `user ${user} cannot write "${path}" for ${holds}${where}: ${reason}`,
      mend,
      "room",
    ),
  ];
}

function runFaults(run: readonly AskedFolder[]): Finding[] {
  const [wanted] = run;
  if (wanted === undefined || run.some(canWrite) && canWrite(wanted)) return [];
  const taken = run.find(canWrite);
  const mend = "mount an emptyDir there, or name another folder in CURVINE_FLUID_RUN_DIR";
  return taken === undefined
    ? [warn(
      "folders",
      `no folder for the control socket can be written, not even "${run.at(-1)?.path}": status, ` +
        "health and the preStop hook do not reach the supervisor",
      mend,
      "room",
    )]
    : [
      warn(
        "folders",
        `"${wanted.path}" cannot be written; "${taken.path}" is taken instead`,
        mend,
        "room",
      ),
    ];
}

function canWrite({ facts }: AskedFolder): boolean {
  return typeof facts === "object" && facts.kind !== "other" && facts.unwritable === null;
}
