import { classifyLayer, type LayerKind } from "./classify.ts";
import { isFuse, type Mount, parseMountinfo } from "./mountinfo.ts";
import type { Mounts } from "../ports/mounts.ts";
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
  /** `foreign`: somebody else's live mount, left alone. `failed`: the kernel did not do it. */
  readonly kind: "foreign" | "failed";
  readonly mount: Mount;
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
    const kind = await kindOf(next, mounts, options);
    if (kind === "foreign" && !(options.any === true && isFuse(mount))) {
      return { cleared, obstacle: foreign(mount) };
    }
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

async function kindOf(layer: Layer, mounts: Mounts, options: ClearOptions): Promise<LayerKind> {
  const facts = { ownDevices: options.ownDevices ?? NONE };
  const kind = classifyLayer(layer.mount, layer.overFuse, facts);
  if (kind !== "unclear") return kind;
  if (options.any === true) return "foreign";
  const answer = await mounts.ask(layer.mount.path, options.askDeadline ?? 5000);
  return classifyLayer(layer.mount, layer.overFuse, { ...facts, answer });
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
