import type { ExitStatus } from "../ports/child.ts";
import type { World } from "../ports/world.ts";

/** Counts what the kernel ends for lack of memory, to tell why a daemon was killed. */
export class OomCount {
  readonly #world: Pick<World, "oomKills">;
  #before: number | undefined;

  constructor(world: Pick<World, "oomKills">) {
    this.#world = world;
  }

  /** A daemon was started. Not asked before: the daemon goes first. */
  begin(): void {
    this.#before ??= this.#world.oomKills();
  }

  /** @returns whether a daemon that ended so was ended for lack of memory */
  explains({ signal }: ExitStatus): boolean {
    const before = this.#before ?? 0;
    this.#before = this.#world.oomKills();
    return signal === "SIGKILL" && this.#before > before;
  }
}
