import type { MountAnswer } from "../ports/mounts.ts";
import { isFuse, type Mount } from "./mountinfo.ts";

/** What a layer at our target is to us. */
export type LayerKind =
  /** Not FUSE, below all FUSE: the volume itself. A CacheRuntime's hostPath is the mount point. */
  | "base"
  /** A daemon of ours mounted it in this life: to be detached. */
  | "ours"
  /** A FUSE mount whose daemon is dead, whoever it was: to be detached. */
  | "stale"
  /** A Curvine client's that is not known to be dead: another supervisor's, never touched. */
  | "neighbour"
  /** Somebody else's and not known to be dead: never touched. */
  | "foreign"
  /** A FUSE mount that must be asked before anything is decided. */
  | "unclear";

/** Curvine mounts with this source and this type (Curvine: curvine-fuse, Mounting). */
const OUR_SOURCE = "curvinefs";
const OUR_TYPE = "fuse.curvinefs";

/** Whether a mount is a Curvine client's by its name. */
export function isNamedOurs(mount: Pick<Mount, "type" | "source">): boolean {
  return mount.type === OUR_TYPE || mount.source === OUR_SOURCE;
}

/** What the decision needs beside the layer itself. */
export interface LayerFacts {
  /** Devices that daemons of ours mounted while we were running. */
  readonly ownDevices: ReadonlySet<string>;
  /** Absent when nobody was asked yet. */
  readonly answer?: MountAnswer;
}

/**
 * Says what a layer is, from the mount table and, for FUSE mounts of unknown origin, from what a
 * disposable child found out. Pure: it never touches the mount.
 *
 * @param overFuse whether a FUSE layer lies below this one
 */
export function classifyLayer(layer: Mount, overFuse: boolean, facts: LayerFacts): LayerKind {
  if (!isFuse(layer)) return overFuse ? "foreign" : "base";
  if (facts.ownDevices.has(layer.device)) return "ours";
  if (facts.answer === undefined) return "unclear";
  // A daemon that is only slow may hold data that was not written yet: silence is not death.
  if (facts.answer === "stale") return "stale";
  // Fluid gives all clients of a Dataset on a node one folder: its name does not make it ours.
  return isNamedOurs(layer) ? "neighbour" : "foreign";
}
