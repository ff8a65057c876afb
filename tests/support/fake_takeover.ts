import type {
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

  constructor(readonly of: FakeTakeover, readonly mounts: readonly ServedMount[]) {}

  alive(): boolean {
    return this.isOpen && this.connected;
  }

  forgetNames(): Forgetting {
    if (!this.alive()) return "ended";
    this.of.did(`forget ${this.#minors}`);
    return this.of.forgetting;
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
    return { ok: true, value: { successor, served: () => void this.of.stateFiles.delete(path) } };
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
