import { isNamedOurs } from "../mount/classify.ts";
import { isFuse, isShared, minorOf, type Mount, parseMountinfo } from "../mount/mountinfo.ts";
import { layersAt, mountsOnTheWay } from "../mount/mount_path.ts";
import { resolveTarget } from "../mount/resolve_target.ts";
import type { Log } from "../observe/log.ts";
import type { MountPlan } from "../plan/plan.ts";
import type { Mounts } from "../ports/mounts.ts";
import type { Stop, World } from "../ports/world.ts";
import type { State } from "./state.ts";

/** A FUSE mount that serves one of our mount points. */
export interface ServedMount {
  readonly path: string;
  /** `major:minor`. */
  readonly device: string;
  /** Whether it is a Curvine client's by its name. */
  readonly named: boolean;
}

/** What the mount table says about a plan's mount points. */
export class MountWatch {
  /** The target as the table writes it. */
  readonly target: string;
  /** Devices that our daemons mounted there: leftovers of those need no asking. */
  readonly ownDevices = new Set<string>();
  /** Whether a mount of ours was ever there. */
  everServed = false;
  /** Our mount points: the target, or the `mnt-N` in it. */
  readonly paths: readonly string[];
  readonly #mounts: Mounts;
  /** Mount points on which a mount of ours propagates. */
  readonly #shared: ReadonlySet<string>;

  /** @throws {CommandError} when the target's path leads nowhere */
  constructor(
    plan: MountPlan,
    mounts: Mounts,
    readLink: (path: string) => string | undefined,
  ) {
    this.#mounts = mounts;
    this.target = resolveTarget(plan.target, parseMountinfo(mounts.table()), readLink);
    this.paths = plan.layers === undefined
      ? [this.target]
      : plan.layers.map((layer) => this.target + layer.slice(plan.target.length));
    const table = parseMountinfo(mounts.table());
    this.#shared = new Set(this.paths.filter((path) => {
      const below = mountsOnTheWay(table, path).findLast((mount) => !isFuse(mount));
      return below !== undefined && isShared(below);
    }));
  }

  /**
   * Whether others see our mounts: `shared`, where all of them have a peer group; `lost`, where one
   * has none, though what it was to lie on had one; else `alone`.
   */
  reach(): "shared" | "lost" | "alone" {
    const table = this.table();
    let reach: "shared" | "alone" = "shared";
    for (const path of this.paths) {
      const own = layersAt(table, path).findLast((mount) => this.#isOwn(mount));
      if (own === undefined || isShared(own)) continue;
      if (this.#shared.has(path)) return "lost";
      reach = "alone";
    }
    return reach;
  }

  /** The mount table of now. */
  table(): Mount[] {
    return parseMountinfo(this.#mounts.table());
  }

  /** The FUSE mounts on top of our mount points, as far as they are there. */
  served(table: readonly Mount[] = this.table()): ServedMount[] {
    return this.paths.flatMap((path) => {
      const top = layersAt(table, path).at(-1);
      return top !== undefined && isFuse(top)
        ? [{ path, device: top.device, named: isNamedOurs(top) }]
        : [];
    });
  }

  /** Whether every mount point is served, by these mounts. */
  isComplete(served: readonly ServedMount[]): boolean {
    return served.length === this.paths.length;
  }

  /** Remembers what our daemon mounted, so that it is known as ours once the daemon is dead. */
  own(served: readonly ServedMount[]): void {
    // The kernel uses device numbers again: old ones may be somebody else's by now.
    this.ownDevices.clear();
    for (const { device } of served) this.ownDevices.add(device);
    this.everServed ||= served.length > 0;
  }

  /** Devices that are at our mount points no more: the kernel gives their numbers to others. */
  forgetGone(table: readonly Mount[] = this.table()): void {
    for (const device of this.ownDevices) {
      const there = table.some((mount) => mount.device === device && this.#isAtPath(mount));
      if (!there) this.ownDevices.delete(device);
    }
  }

  /** Whether a mount lies where ours is, or was: one unmount too many takes that away. */
  hasBeneath(): boolean {
    const table = this.table();
    return this.paths.some((path) => layersAt(table, path).some((mount) => !this.#isOwn(mount)));
  }

  #isAtPath({ path }: Mount): boolean {
    return this.paths.includes(path);
  }

  /**
   * How the mounts that {@link own} remembered are: `served` on top of their mount points,
   * `covered` by somebody else's mount but alive below it, or `gone`.
   */
  state(table: readonly Mount[] = this.table()): "served" | "covered" | "gone" {
    let covered = false;
    for (const path of this.paths) {
      const top = layersAt(table, path).at(-1);
      if (top !== undefined && this.#isOwn(top)) continue;
      if (!table.some((mount) => mount.path === path && this.#isOwn(mount))) return "gone";
      covered = true;
    }
    return covered ? "covered" : "served";
  }

  #isOwn(mount: Mount): boolean {
    return isFuse(mount) && this.ownDevices.has(mount.device);
  }

  /** FUSE mounts outside of our mount points, to tell a person where a daemon mounted instead. */
  elsewhere(): Mount[] {
    return parseMountinfo(this.#mounts.table())
      .filter((mount) => isFuse(mount) && !this.paths.includes(mount.path));
  }
}

/** Whether what is mounted on it, or unmounted, is so for its peers as well. */
/** What a look at the mount table is for. */
export type Phase = "awaited" | "serving" | "idle";

/** In all other states the mount is of no interest. */
const PHASES: Readonly<Partial<Record<State["name"], Phase>>> = {
  starting: "awaited",
  mounted: "serving",
  reloading: "serving",
  "taking-over": "serving",
};

/** What a look is for while the supervisor is in a state. */
export function phaseOf({ name }: State): Phase {
  return PHASES[name] ?? "idle";
}

/** What a {@link TargetWatch} tells of. */
export interface TargetEvents {
  phase(): Phase;
  /** Whether our daemon serves a connection; `undefined` where the kernel does not tell. */
  serves(minor: string): boolean | undefined;
  /** Whether our daemon serves a FUSE mount, for mounts whose names do not tell. */
  servesFuse(): boolean;
  /** It was awaited, and is there. */
  mounted(): void;
  /** It served, and is there no more. */
  gone(): void;
  /** It served, and somebody mounted over it, or took that away again. */
  covered(is: boolean): void;
}

/** Should the kernel not tell of a mount, the table is read so often while one is awaited. */
const LOOK_MS = 250;

/**
 * Looks at the mount table whenever it may have changed, and tells what that means for the target.
 * Also the only thing that PID 1 ever does with the mount: the path itself is never touched.
 */
export class TargetWatch {
  readonly mounts: MountWatch;
  /** How the mounts are, as of the last look. */
  state: ReturnType<MountWatch["state"]> = "gone";
  readonly #world: World;
  readonly #events: TargetEvents;
  #lastLook = -Infinity;
  #cost = 0;
  #pending: Stop | undefined;
  #repeat: Stop = () => {};
  #others: ReadonlySet<number> = new Set();

  /** @throws {CommandError} when the target's path leads nowhere */
  constructor(readonly plan: MountPlan, world: World, events: TargetEvents) {
    this.mounts = new MountWatch(plan, world.mounts, world.readLink);
    this.#world = world;
    this.#events = events;
  }

  /** The table may have changed. */
  stir(): void {
    if (this.#pending !== undefined) return;
    // On a node with many mounts the table changes often and costs much to read.
    const pause = this.#lastLook + 10 * this.#cost - this.#world.clock.now();
    if (pause <= 1) return this.look();
    this.#pending = this.#world.clock.after(pause, () => this.look());
  }

  /** Looks until the mount is there, beside the kernel's word. */
  expect(): void {
    this.#others = new Set(this.mounts.elsewhere().map(({ id }) => id));
    this.#lookAgain();
  }

  #lookAgain(): void {
    this.#repeat();
    this.#repeat = this.#world.clock.after(LOOK_MS, () => {
      if (this.#events.phase() !== "awaited") return;
      this.look();
      this.#lookAgain();
    });
  }

  /** Tells of FUSE mounts that came since the mount was awaited: it may have gone astray. */
  tellOfOthers(log: Log): void {
    for (const { path, id } of this.mounts.elsewhere()) {
      if (this.#others.has(id)) continue;
      const where = JSON.stringify(path);
      log("warn", "mounted-elsewhere", `Meanwhile something was mounted at ${where} instead`);
    }
  }

  /** From now on what is mounted at the target is ours. */
  own(): readonly ServedMount[] {
    const served = this.mounts.served().filter((mount) =>
      // A daemon that dies just now serves nothing any more, and what it served is still ours.
      this.mounts.ownDevices.has(mount.device) || this.#isOurs(mount)
    );
    this.mounts.own(served);
    this.state = "served";
    // It may have gone again since it was seen.
    if (!this.mounts.isComplete(served)) this.look();
    return served;
  }

  /** What our daemon serves: somebody else may mount here just now. */
  #ours(table?: readonly Mount[]): ServedMount[] {
    return this.mounts.served(table).filter((mount) => this.#isOurs(mount));
  }

  #isOurs({ device, named }: ServedMount): boolean {
    return this.#events.serves(minorOf(device)) ?? (named || this.#events.servesFuse());
  }

  look(): void {
    this.#pending?.();
    this.#pending = undefined;
    const { clock } = this.#world;
    const begun = clock.now();
    const phase = this.#events.phase();
    const before = this.state;
    const table = this.mounts.table();
    this.mounts.forgetGone(table);
    if (phase === "awaited") this.#await(table);
    else this.state = this.mounts.state(table);
    this.#lastLook = clock.now();
    this.#cost = this.#lastLook - begun;
    if (phase === "awaited") {
      if (this.state === "served") this.#events.mounted();
    } else if (phase === "serving" && this.state !== before) {
      if (this.state === "gone") this.#events.gone();
      else this.#events.covered(this.state === "covered");
    }
  }

  #await(table: readonly Mount[]): void {
    const ours = this.#ours(table);
    if (ours.length > 0) this.mounts.own(ours);
    this.state = this.mounts.isComplete(ours) ? "served" : "gone";
  }

  close(): void {
    this.#pending?.();
    this.#repeat();
  }
}
