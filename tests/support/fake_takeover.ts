import type {
  Asked,
  Forgetting,
  HandedOn,
  HandOnOptions,
  Hold,
  Outcome,
  Refusal,
  ServedMount,
  Takeover,
} from "../../lib/ports/takeover.ts";

/** Takeover without a kernel: tests say what it refuses, and see what is held and handed on. */
export class FakeTakeover implements Takeover {
  /** When set, nothing can be held. */
  refusesHold: Refusal | undefined;
  /** When set, nothing can be handed on. */
  refusesHandOn: Refusal | undefined;
  forgetting: Forgetting = "forgotten";
  /** Whether successors are about to serve. */
  reachesDoor = true;
  /** All holds that were ever taken. */
  readonly holds: FakeHold[] = [];
  /** State files that lie there. */
  readonly stateFiles = new Set<string>();

  /** @param did told of everything, in order */
  constructor(readonly did: (what: string) => void) {}

  hold(pid: number, mounts: readonly ServedMount[]): Outcome<Hold> {
    if (this.refusesHold !== undefined) return this.refusesHold;
    this.did(`hold ${pid} ${mounts.map(({ minor }) => minor).join(",")}`);
    const hold = new FakeHold(this, mounts);
    this.holds.push(hold);
    return { ok: true, value: hold };
  }

  /** Holds that nobody let go of: a leak when all is over. */
  get open(): number {
    return this.holds.filter(({ isOpen }) => isOpen).length;
  }
}

/** See {@link FakeTakeover}. */
export class FakeHold implements Hold {
  isOpen = true;
  /** Set to false for a connection that has ended. */
  connected = true;
  /** How often callers were parked since they were last told to go on. */
  parked = 0;
  isLate = false;
  /** Parked callers. */
  callers = 0;
  /** What callers ask for. */
  nodes: bigint[] = [];
  /** How many looks will find somebody who has a file open. */
  opened = 0;

  constructor(readonly of: FakeTakeover, readonly mounts: readonly ServedMount[]) {}

  alive(): boolean {
    return this.isOpen && this.connected;
  }

  forgetNames(): Forgetting {
    if (!this.alive()) return "ended";
    this.of.did(`forget ${this.#minors}`);
    return this.of.forgetting;
  }

  park(isLate: boolean): boolean {
    this.parked++;
    this.isLate = isLate;
    return this.opened > 0 && this.opened-- > 0;
  }

  asked(): Asked {
    return this.nodes.length > 0 ? "by number" : this.callers > 0 ? "by path" : "not";
  }

  nodesAsked(): bigint[] {
    return this.nodes;
  }

  letIn(): void {
    this.of.did("let callers go on");
  }

  release(path: string, node: bigint): void {
    this.of.did(`release ${path} ${node}`);
  }

  resume(): void {
    if (this.parked > 0) this.of.did(`resume ${this.#minors}`);
    this.parked = 0;
  }

  handOn<Successor>(
    { folder, nth }: HandOnOptions,
    start: (statePath: string) => Successor,
  ): Outcome<HandedOn<Successor>> {
    if (this.of.refusesHandOn !== undefined) return this.of.refusesHandOn;
    if (!this.alive()) return { ok: false, reason: "it has ended", lasting: false };
    this.of.did(`hand on ${this.#minors} ${nth}`);
    const path = `${folder}/takeover.state`;
    const successor = start(path);
    this.of.stateFiles.add(path);
    const door = {
      keeps: true,
      isReached: () => this.of.reachesDoor,
      open: () => this.of.did("let in"),
      remove: () => void this.of.stateFiles.delete(path),
    };
    return { ok: true, value: { successor, door } };
  }

  end(abort: (minor: string) => boolean): void {
    if (this.alive()) { for (const { minor } of this.mounts) abort(minor); }
    this.connected = false;
    this.close();
  }

  close(): void {
    if (this.isOpen) this.of.did(`let go ${this.#minors}`);
    this.isOpen = false;
  }

  get #minors(): string {
    return this.mounts.map(({ minor }) => minor).join(",");
  }
}
