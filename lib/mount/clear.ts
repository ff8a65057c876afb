import { classifyLayer, type LayerKind } from "./classify.ts";
import { isFuse, isShared, type Mount, parseMountinfo } from "./mountinfo.ts";
import type { MountAnswer, Mounts } from "../ports/mounts.ts";
import { type Layer, topmostLayer } from "./topmost_layer.ts";

/** What {@link clearMounts} did. */
export interface Clearing {
  /** The layers that were taken away, the topmost first. */
  readonly cleared: readonly { readonly mount: Mount; readonly kind: LayerKind }[];
  /** Why the target is not clean; absent when it is. */
  readonly obstacle?: Obstacle;
}

/** What keeps a target from being clean. */
export interface Obstacle {
  /**
   * `neighbour`: another Curvine client's mount, left alone until it is dead. `foreign`: somebody
   * else's live mount, left alone. `volume`: the target is a volume that is itself a dead mount.
   * `failed`: the kernel did not do it.
   */
  readonly kind: "neighbour" | "foreign" | "volume" | "failed";
  readonly mount: Mount;
  /** What it answered, where it was asked. */
  readonly answer?: MountAnswer;
  /** One sentence: what was found and what to do. */
  readonly message: string;
}

/** How {@link clearMounts} decides. */
export interface ClearOptions {
  /** Devices that daemons of ours mounted: cleared without asking. */
  readonly ownDevices?: ReadonlySet<string>;
  /** How long a FUSE mount of unknown origin may take to answer, in milliseconds. */
  readonly askDeadline?: number;
  /** Clear foreign FUSE mounts too: for `umount TARGET`, where a person decided. */
  readonly any?: boolean;
  /** Write out and refuse when busy, instead of detaching. */
  readonly gently?: boolean;
}

/** Layers come away one at a time; nobody stacks more than this by accident. */
const MOST_LAYERS = 4096;

/**
 * Takes every stale or own FUSE layer away from a target, and from the `mnt-N` mount points inside
 * it, until the mount table shows none. What lies below (the volume itself) stays, and nothing is
 * ever deleted.
 *
 * The table decides, never the return value of a call: a layer may vanish by itself meanwhile.
 *
 * @param target tidy and without symbolic links
 */
export async function clearMounts(
  target: string,
  mounts: Mounts,
  options: ClearOptions = {},
): Promise<Clearing> {
  const cleared: { mount: Mount; kind: LayerKind }[] = [];
  let last: Mount | undefined;
  for (let round = 0; round < MOST_LAYERS; round++) {
    const next = topmostLayer(parseMountinfo(mounts.table()), target);
    if (next === undefined) return { cleared };
    const { mount } = next;
    const { kind, answer } = await kindOf(next, mounts, options);
    const obstacle = obstacleOf(next, kind, answer, mounts, options);
    if (obstacle !== undefined) return { cleared, obstacle };
    if (last !== undefined && isSame(last, mount)) {
      return { cleared, obstacle: failed(mount, mounts, options) };
    }
    if (options.gently === true) await mounts.unmount(mount.path);
    else await mounts.detach(mount.path);
    last = mount;
    const after = topmostLayer(parseMountinfo(mounts.table()), target);
    if (after === undefined || !isSame(after.mount, mount)) cleared.push({ mount, kind });
  }
  const left = topmostLayer(parseMountinfo(mounts.table()), target);
  return left === undefined ? { cleared } : {
    cleared,
    obstacle: failed(left.mount, mounts, options),
  };
}

/**
 * Looks for what {@link clearMounts} would not take away, without taking anything: only the topmost
 * layer is looked at.
 */
export async function findObstacle(
  target: string,
  mounts: Mounts,
  options: ClearOptions = {},
): Promise<Obstacle | undefined> {
  const top = topmostLayer(parseMountinfo(mounts.table()), target);
  if (top === undefined) return undefined;
  const { kind, answer } = await kindOf(top, mounts, options);
  return obstacleOf(top, kind, answer, mounts, options);
}

function obstacleOf(
  layer: Layer,
  kind: LayerKind,
  answer: MountAnswer | undefined,
  mounts: Mounts,
  options: ClearOptions,
): Obstacle | undefined {
  const { mount } = layer;
  if (options.any === true && isFuse(mount)) return undefined;
  switch (kind) {
    case "foreign":
      return foreign(mount);
    case "neighbour":
      return neighbour(mount, answer);
    case "stale":
      return isVolume(layer, parseMountinfo(mounts.table())) ? deadVolume(mount) : undefined;
    default:
      return undefined;
  }
}

async function kindOf(
  layer: Layer,
  mounts: Mounts,
  options: ClearOptions,
): Promise<{ readonly kind: LayerKind; readonly answer?: MountAnswer }> {
  const facts = { ownDevices: options.ownDevices ?? NONE };
  const kind = classifyLayer(layer.mount, layer.overFuse, facts);
  if (kind !== "unclear") return { kind };
  if (options.any === true) return { kind: "foreign" };
  const answer = await mounts.ask(layer.mount.path, options.askDeadline ?? 5000);
  return { kind: classifyLayer(layer.mount, layer.overFuse, { ...facts, answer }), answer };
}

const NONE: ReadonlySet<string> = new Set();

function isSame(one: Mount, other: Mount): boolean {
  return one.id === other.id && one.device === other.device && one.path === other.path;
}

function foreign(mount: Mount): Obstacle {
  return {
    kind: "foreign",
    mount,
    message: `Cannot mount on ${JSON.stringify(mount.path)}: a live ${mount.type} mount of ` +
      `${JSON.stringify(mount.source)} that is not ours is there; unmount it, or choose another ` +
      `target path`,
  };
}

/**
 * Whether a FUSE mount came into this container as a volume, rather than being mounted in it: it
 * propagates, and what it is mounted on does not.
 */
export function isVolume({ mount, overFuse }: Layer, table: readonly Mount[]): boolean {
  if (overFuse || mount.propagation.length === 0) return false;
  const parent = table.find(({ id }) => id === mount.parent);
  if (parent === undefined || parent.path === mount.path) return false;
  return !isShared(parent);
}

function neighbour(mount: Mount, answer: MountAnswer | undefined): Obstacle {
  return {
    kind: "neighbour",
    mount,
    ...(answer === undefined ? {} : { answer }),
    message: `Standing by: another Curvine client serves ${JSON.stringify(mount.path)}, and is ` +
      "left alone until it is dead. To give a sidecar a mount of its own, annotate the pod with " +
      "default.fuse-sidecar.fluid.io/host-mount-path-mode: random-suffix",
  };
}

/** Detached from inside, it would stay on the node and in every application, and ours beside it. */
function deadVolume(mount: Mount): Obstacle {
  const path = JSON.stringify(mount.path);
  return {
    kind: "volume",
    mount,
    message: `Cannot mount on ${path}: the volume itself is a dead ${mount.type} mount, left on ` +
      "the node by a client that was killed, and nothing in this container can take it away; " +
      `run "curvine-fluid janitor" beside the client, or umount -l ${path} on the node`,
  };
}

function failed(mount: Mount, mounts: Mounts, options: ClearOptions): Obstacle {
  const why = !mounts.mayMount()
    ? "we lack CAP_SYS_ADMIN; the container must be privileged"
    : options.gently === true
    ? "it is busy"
    : "the kernel keeps it; see the node's kernel log";
  return {
    kind: "failed",
    mount,
    message: `Cannot unmount the ${mount.type} mount at ${JSON.stringify(mount.path)}: ${why}`,
  };
}
