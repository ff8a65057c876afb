import type { Log } from "../observe/log.ts";
import type { Asked, Forgetting, HandedOn, Hold, Outcome } from "../ports/takeover.ts";
import type { FuseConnections, Stop, World } from "../ports/world.ts";
import { minorOf } from "../mount/mountinfo.ts";
import type { ServedMount } from "./target_watch.ts";

/** What a {@link HeldConnection} needs. */
export interface HeldConnectionParts {
  readonly world: Pick<World, "takeover" | "clock" | "files">;
  readonly connections: FuseConnections;
  readonly log: Log;
  /** For the state file and {@link HeldConnection.nodesFile}; without it nothing can be handed on. */
  readonly folder: string | undefined;
}

/** What was found in the way of holding a connection may be gone after so long. */
const RETRY_MS = 10_000;

/**
 * Our own descriptors on the connection of the mount that serves: with them the mount outlives its
 * daemon. Whoever holds owes an end, for while nobody serves, requests wait without one: each way out
 * of the supervisor goes through {@link end}.
 */
export class HeldConnection {
  /** Why the daemon's death would be a cold restart; absent when it would be taken over. */
  whyNot: string | undefined = "nothing is mounted yet";
  readonly #parts: HeldConnectionParts;
  #hold: Hold | undefined;
  #count = 0;
  #isRefused = false;
  #told: string | undefined;
  #retry: Stop = () => {};

  constructor(parts: HeldConnectionParts) {
    this.#parts = parts;
  }

  /** Whether a successor can take over what is mounted. */
  get isKept(): boolean {
    return !this.#isRefused && this.#hold?.alive() === true;
  }

  /** Holds what a daemon serves, unless that is the connection that is held already. */
  keep(pid: number, served: readonly ServedMount[]): void {
    this.#retry();
    this.#hold?.resume();
    this.#forgetNodes();
    if (this.#isRefused) return;
    const wanted = served.map(({ device, path }) => ({ minor: minorOf(device), path }));
    if (this.isKept && String(minorsOf(this.#hold?.mounts)) === String(minorsOf(wanted))) return;
    const { world, folder } = this.#parts;
    if (folder === undefined) {
      return this.#refuse("there is no run folder for the state file", true);
    }
    if (wanted.length === 0) return this.#refuse("nothing is mounted", false);
    // It is another's by now: what it was held for is over.
    this.#hold?.close();
    this.#hold = undefined;
    this.#count = 0;
    const outcome = world.takeover.hold(pid, wanted);
    if (outcome.ok) {
      this.#hold = outcome.value;
      this.whyNot = undefined;
      return;
    }
    this.#refuse(outcome.reason, outcome.lasting);
    if (outcome.lasting) return;
    this.#retry = world.clock.after(RETRY_MS, () => this.keep(pid, served));
  }

  /** Has the kernel forget the names that it knows. */
  forgetNames(): Forgetting {
    return this.#hold?.forgetNames() ?? "ended";
  }

  /**
   * Keeps whoever asks from a successor that does not know yet what is meant, until something serves
   * that is {@link keep kept}.
   *
   * @param isLate whether callers that get a signal are to be let go
   * @returns whether somebody lost what he had open: what he asks next is on its way
   */
  park(isLate: boolean): boolean {
    return this.#hold?.park(isLate) ?? false;
  }

  /** How parked callers ask for files. */
  get asked(): Asked {
    return this.#hold?.asked() ?? "not";
  }

  /** Whoever is parked goes on. */
  resume(): void {
    this.#hold?.resume();
  }

  /** Whoever asks for the root of a mount goes on; what else is asked for is written down. */
  letIn(): void {
    for (const { path } of this.#hold?.mounts ?? []) {
      const nodes = this.#hold?.nodesAsked(path) ?? [];
      try {
        if (nodes.length > 0) this.#parts.world.files.write(this.nodesFile(path), nodes.join("\n"));
      } catch {
        // The disk is full: the successor learns what it can without.
      }
    }
    this.#hold?.letIn();
  }

  /** Where the numbers of files stand that callers ask a mount for, one in a line. */
  nodesFile(path: string): string {
    const minor = this.#hold?.mounts.find((mount) => mount.path === path)?.minor ?? "";
    return `${this.#parts.folder ?? "/"}/takeover.nodes.${minor}`;
  }

  /** A successor knows a file that callers wait for. */
  release(path: string, node: bigint): void {
    this.#hold?.release(path, node);
  }

  /**
   * Starts a successor that inherits the connection.
   *
   * @param start starts it, at once, with this as its state file
   */
  handOn(start: (statePath: string) => void): Outcome<HandedOn<void>> {
    const { folder } = this.#parts;
    if (this.#hold === undefined || folder === undefined) {
      return { ok: false, reason: "no connection is held", lasting: false };
    }
    const outcome = this.#hold.handOn({ folder, nth: ++this.#count }, start);
    if (!outcome.ok) this.#refuse(outcome.reason, outcome.lasting);
    return outcome;
  }

  /** From now on no takeover is tried: this daemon does not know how to. */
  refuse(reason: string): void {
    this.#refuse(reason, true);
  }

  /** Nobody serves any more, nor will: whoever waits gets an error. */
  end(): void {
    this.#retry();
    this.#forgetNodes();
    this.#hold?.end((minor) => this.#parts.connections.abort(minor));
    this.#hold = undefined;
  }

  #forgetNodes(): void {
    for (const { path } of this.#hold?.mounts ?? []) {
      this.#parts.world.files.remove(this.nodesFile(path));
    }
  }

  #refuse(reason: string, lasting: boolean): void {
    this.whyNot = reason;
    this.#isRefused ||= lasting;
    if (this.#told === reason) return;
    this.#told = reason;
    // What may pass is tried again; a daemon that died just then is the usual case.
    this.#parts.log(
      lasting ? "warn" : "debug",
      "no-takeover",
      `A death of the daemon will cost the mount: ${reason}`,
    );
  }
}

function minorsOf(mounts: readonly { readonly minor: string }[] = []): string[] {
  return mounts.map(({ minor }) => minor);
}
