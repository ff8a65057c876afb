import { isVolume } from "../../mount/clear.ts";
import { classifyLayer, type LayerKind } from "../../mount/classify.ts";
import { layersAt, mountsOnTheWay } from "../../mount/mount_path.ts";
import { isFuse, isShared, minorOf, type Mount, parseMountinfo } from "../../mount/mountinfo.ts";
import { resolveTarget } from "../../mount/resolve_target.ts";
import type { MountPlan } from "../../plan/plan.ts";
import { settingSpecs } from "../../plan/settings.ts";
import { isNumberedMount } from "../../plan/numbered_mounts.ts";
import type { MountAnswer } from "../../ports/mounts.ts";
import type { FuseServer } from "../../system/child_processes.ts";
import type { FolderFacts } from "../../system/folder_facts.ts";
import { fail, type Finding, ok, warn } from "./finding.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";
import { LIMITS } from "./time_limits.ts";

/** The mount point: what lies there, who serves it, whether it answers, and who sees it. */
export const mountProbe: Probe = {
  name: "mount",
  page: "mount",
  async look(patient: Patient): Promise<Finding[]> {
    const { draft, isHere } = patient;
    if (!isHere || !draft?.plan.mount?.target) return [];
    const points = await Promise.all(
      pathsOf(draft.plan.mount, patient).map((path) => pointAt(path, patient)),
    );
    return points.flatMap((point) => judgeMount(point));
  },
};

function pathsOf({ target, layers }: MountPlan, { world }: Patient): string[] {
  const table = parseMountinfo(world.read(MOUNTINFO) ?? "");
  const resolved = resolveTarget(target, table, world.readLink);
  return layers?.map((layer) => resolved + layer.slice(target.length)) ?? [resolved];
}

const MOUNTINFO = "/proc/self/mountinfo";

async function pointAt(path: string, patient: Patient): Promise<MountPoint> {
  const { world, isPod, folder } = patient;
  const table = parseMountinfo(world.read(MOUNTINFO) ?? "");
  const status = await patient.status();
  const top = layersAt(table, path).at(-1);
  const isFuseOnTop = top !== undefined && isFuse(top);
  const hasFuse = layersAt(table, path).some(isFuse);
  return {
    path,
    table,
    isPod,
    state: status?.state,
    reason: status?.reason ?? undefined,
    waiting: status?.requests_waiting ?? undefined,
    daemon: status?.pid ?? undefined,
    hangLimit: patient.env["CURVINE_FLUID_HANG_TIMEOUT"] || settingSpecs().hangTimeout.preset,
    servers: world.fuseServers(),
    answer: isFuseOnTop ? await world.ask(path, LIMITS.child) : undefined,
    // A folder below a dead mount is not to be seen, and nobody may be sent to look at a live one.
    folder: hasFuse ? undefined : await folder(path),
  };
}

/** What was found out of one mount point. */
export interface MountPoint {
  /** Without symbolic links. */
  readonly path: string;
  readonly table: readonly Mount[];
  readonly isPod: boolean;
  /** The supervisor's; `undefined` where none answers. */
  readonly state: string | undefined;
  /** Why it is not ready, by its own word. */
  readonly reason: string | undefined;
  /** Requests without an answer. */
  readonly waiting: number | undefined;
  /** The daemon's process id, by the supervisor's word. */
  readonly daemon: number | undefined;
  /** After how long the supervisor ends a daemon that hangs, as the setting has it. */
  readonly hangLimit: string;
  readonly servers: readonly FuseServer[];
  /** Of the layer on top, where that is FUSE. */
  readonly answer: MountAnswer | undefined;
  /** What lies there, where nothing is mounted. */
  readonly folder: FolderFacts | "late" | "unknown" | undefined;
}

/** @returns what is wrong with a mount point, or that it is well */
export function judgeMount(point: MountPoint): Finding[] {
  const stack = layersAt(point.table, point.path);
  const top = stack.at(-1);
  if (top === undefined || !stack.some(isFuse)) return unmounted(point);
  if (!isFuse(top)) return [foreign(point, top)];
  const layer = { mount: top, overFuse: stack.slice(0, -1).some(isFuse) };
  switch (point.answer) {
    case "stale":
      return [stale(point, isVolume(layer, point.table))];
    case "silent":
      return [silent(point)];
    case "answers":
      break;
    default:
      return [warn("mount", `"${point.path}" could not be asked`, TOO_MANY, "container")];
  }
  const kind = classifyLayer(top, layer.overFuse, {
    ownDevices: new Set(isServedHere(top, point) ? [top.device] : []),
    answer: point.answer,
  });
  return [...served(point, top, kind), ...layered(point, stack)];
}

const TOO_MANY =
  "the child that asks could not be started or crashed: are there too many processes?";

function unmounted(point: MountPoint): Finding[] {
  const { path, folder, state } = point;
  if (folder === "late") {
    const hangs = `the folder "${path}" beneath the mount does not answer`;
    return [fail("mount", hangs, "look at that volume on the node", "mount")];
  }
  const names = (typeof folder === "object" ? folder.names : []).filter((name) =>
    !isNumberedMount(name)
  );
  if (names.length > 0) {
    const shown = names.slice(0, 3).map((name) => JSON.stringify(name)).join(", ");
    return [fail(
      "mount",
      `nothing is mounted at "${path}", and it is a plain folder that holds ${shown}` +
        `${names.length > 3 ? " and more" : ""}: curvine-fuse refuses it`,
      "something wrote there while nothing was mounted: look at that folder on the node and move " +
        "it away; nothing is ever deleted for you",
      "mount",
    )];
  }
  const found = `nothing is mounted at "${path}"`;
  const mend = state === undefined
    ? "no supervisor answers either: see below"
    : `the supervisor's state is ${state}: see below, and masters above`;
  return [fail("mount", found, mend, "mount"), ...unshared(point, undefined)];
}

function foreign({ path }: MountPoint, { type, source }: Mount): Finding {
  return fail(
    "mount",
    `a ${type} mount of "${source}" that is not ours is at "${path}"`,
    "unmount it, or choose another target path",
    "mount",
  );
}

function stale({ path, state, reason }: MountPoint, isVolume: boolean): Finding {
  if (isVolume) {
    return fail(
      "mount",
      `the volume at "${path}" is itself a dead mount, left on the node by a client that was killed`,
      `run curvine-fluid janitor beside the client, or umount -l ${path} on the node`,
      "volume",
    );
  }
  const told = state === undefined
    ? ""
    : `; the supervisor's state is ${state}${reason && reason !== state ? `: ${reason}` : ""}`;
  return fail(
    "mount",
    `the mount at "${path}" is dead: its daemon has gone${told}`,
    state === undefined
      ? "the next start of this container detaches it"
      : "it stays until a master accepts a connection, so that nobody sees an empty folder: see " +
        "masters",
    "stale",
  );
}

function silent({ path, waiting, state, hangLimit }: MountPoint): Finding {
  const requests = waiting === undefined || waiting === 0
    ? ""
    : `; ${waiting} ${waiting === 1 ? "request waits" : "requests wait"}`;
  return fail(
    "mount",
    `"${path}" did not answer within ${LIMITS.child / 1000} s${requests}`,
    "its daemon waits for a master (see masters) or hangs: " +
      (state === undefined
        ? "restart this container"
        : `the supervisor ends it after CURVINE_FLUID_HANG_TIMEOUT (${hangLimit}), and another one ` +
          "serves"),
    "hang",
  );
}

function served(point: MountPoint, top: Mount, kind: LayerKind): Finding[] {
  const { path, state } = point;
  if (kind === "foreign") return [foreign(point, top)];
  if (kind === "neighbour") {
    const told = `another Curvine client serves "${path}", and answers`;
    return state === "standing-by" ? [ok("mount", `${told}; this one stands by`)] : [warn(
      "mount",
      told,
      "to give a sidecar a mount of its own, annotate its pod with " +
        "default.fuse-sidecar.fluid.io/host-mount-path-mode: random-suffix",
      "neighbour",
    )];
  }
  const unseen = unshared(point, top);
  if (unseen.length > 0) return unseen;
  const pids = point.servers.filter(({ minor }) => minor === minorOf(top.device))
    .map(({ pid }) => pid)
    // The supervisor holds the connection for a successor, and serves nobody.
    .filter((pid) => point.daemon === undefined || pid === point.daemon);
  const who = pids.length === 0 ? "" : `, served by process ${pids.join(", ")}`;
  return [
    ok(
      "mount",
      `${top.source} at "${path}" answers${who}${isShared(top) ? ", and is shared" : ""}`,
    ),
  ];
}

/** Whether anybody outside can see what is, or will be, mounted there. */
function unshared({ path, table, isPod }: MountPoint, top: Mount | undefined): Finding[] {
  const below = mountsOnTheWay(table, path).findLast((mount) => !isFuse(mount));
  if (!isPod || isSeen(top ?? below)) return [];
  const isOwnDisk = below === undefined || below.path === "/";
  const told = isOwnDisk
    ? `"${path}" lies on the container's own file system, and on no volume`
    : `the volume at "${below.path}" does not propagate mounts to the node`;
  return [fail(
    "mount",
    `${told}: nobody outside sees what is mounted there`,
    "Fluid mounts the volume with mountPropagation: Bidirectional; a hand-made pod has to. If it " +
      "had it, somebody unmounted it on the node: delete the pod",
    "unshared",
  )];
}

function isSeen(mount: Mount | undefined): boolean {
  return mount !== undefined && isShared(mount);
}

function layered({ path }: MountPoint, stack: readonly Mount[]): Finding[] {
  const count = stack.filter(isFuse).length;
  if (count < 2) return [];
  return [warn(
    "mount",
    `${count} FUSE mounts lie on top of each other at "${path}"`,
    "the lower ones serve nobody; the next start of this container clears them",
    "stale",
  )];
}

function isServedHere(top: Mount, { servers, state }: MountPoint): boolean {
  // Where the kernel does not tell which connection a process serves, the supervisor knows.
  return servers.some(({ minor }) => minor === minorOf(top.device)) ||
    (state === "mounted" && servers.some(({ minor }) => minor === undefined));
}
