import type { MountPlan } from "../plan/plan.ts";
import { isNamedOurs } from "../mount/classify.ts";
import { isFuse, type Mount, parseMountinfo } from "../mount/mountinfo.ts";
import { layersAt } from "../mount/mount_path.ts";
import { resolveTarget } from "../mount/resolve_target.ts";
import type { Mounts } from "../ports/mounts.ts";

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
  /** Our mount points: the target, or the `mnt-N` in it. */
  readonly paths: readonly string[];
  readonly #mounts: Mounts;

  /** @param target the plan's target as the table writes it, where that is known already */
  constructor(
    plan: MountPlan,
    mounts: Mounts,
    readLink: (path: string) => string | undefined,
    target?: string,
  ) {
    this.#mounts = mounts;
    this.target = target ?? resolveTarget(plan.target, parseMountinfo(mounts.table()), readLink);
    this.paths = plan.layers === undefined
      ? [this.target]
      : plan.layers.map((layer) => this.target + layer.slice(plan.target.length));
  }

  /** The FUSE mounts on top of our mount points, as far as they are there. */
  served(): ServedMount[] {
    const table = parseMountinfo(this.#mounts.table());
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
  }

  /**
   * How the mounts that {@link own} remembered are: `served` on top of their mount points,
   * `covered` by somebody else's mount but alive below it, or `gone`.
   */
  state(): "served" | "covered" | "gone" {
    const table = parseMountinfo(this.#mounts.table());
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

/** The name of a device's FUSE connection: its minor number. */
export function minorOf(device: string): string {
  return device.slice(device.indexOf(":") + 1);
}
