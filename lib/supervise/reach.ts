import type { Log } from "../observe/log.ts";
import type { Files } from "../ports/world.ts";
import type { TargetWatch } from "./target_watch.ts";

/** In the run folder, which outlives the container where it is a volume. */
const MARKER = "unshared";

/**
 * Whether the mount reaches the applications. A client whose volume was taken away beneath it mounts
 * on its container's own file system: everything looks well, and nobody else sees it (Fluid: Seen on
 * a real cluster).
 */
export class Reach {
  /** Why nobody outside sees the mount; absent when somebody may. */
  problem: string | undefined;
  readonly #files: Files;
  readonly #folder: string | undefined;
  readonly #log: Log;

  /** @param folder the run folder, where there is one */
  constructor(files: Files, folder: string | undefined, log: Log) {
    this.#files = files;
    this.#folder = folder;
    this.#log = log;
  }

  /**
   * Looks at a mount that has just come.
   *
   * @returns why we should end, so that the volume is bound anew; absent when all is well, or when
   *   that was tried before
   */
  look({ mounts }: Pick<TargetWatch, "mounts">): string | undefined {
    this.problem = undefined;
    const marker = this.#folder === undefined ? undefined : `${this.#folder}/${MARKER}`;
    const tried = marker !== undefined && this.#files.read(marker) !== undefined;
    const reach = mounts.reach();
    if (reach === "shared" && tried) this.#files.remove(marker);
    // Where it never was to reach anybody, and nobody has missed it, all is well.
    if (reach === "shared" || (reach === "alone" && !tried)) return undefined;
    this.problem = "nobody outside of this container sees the mount at " +
      `${JSON.stringify(mounts.target)}: the volume that it was to lie on has been unmounted`;
    if (marker !== undefined && !tried) {
      try {
        this.#files.write(marker, "");
        return `${this.problem}; a new container gets the volume anew`;
      } catch {
        // It could not be known that it was tried.
      }
    }
    this.#log("error", "unshared", `${this.problem}; delete the pod, so that it is bound anew`);
    return undefined;
  }
}
