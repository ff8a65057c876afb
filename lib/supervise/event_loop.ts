import { begin, transition } from "./machine.ts";
import type { Action, Event, Facts, Limits, State } from "./state.ts";
import type { Clock } from "../ports/world.ts";

/** An event without the facts, which are added when it is taken. */
export type News = Event extends infer E ? E extends Event ? Omit<E, keyof Facts> : never : never;

/** What an {@link EventLoop} does with the machine's decisions. */
export interface EventHandlers {
  /** Another state was entered; its actions follow. */
  entered(from: State["name"], at: number): void;
  perform(action: Action): void;
  /** What is true now. */
  facts(): Omit<Facts, "at">;
}

/**
 * Feeds the machine: events are taken one after the other, those that come while actions are
 * carried out included.
 */
export class EventLoop {
  state: State = begin().state;
  /** Since when it has been in the state's name. */
  since: number;
  /** Resolves with the exit code; rejects when the machinery itself fails. */
  readonly over: Promise<number>;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #handlers: EventHandlers;
  readonly #end = Promise.withResolvers<number>();
  #waiting: (News & Pick<Facts, "at">)[] = [];
  #busy = false;

  constructor(clock: Clock, limits: Limits, handlers: EventHandlers) {
    this.#clock = clock;
    this.#limits = limits;
    this.#handlers = handlers;
    this.since = clock.now();
    this.over = this.#end.promise;
    // It may fail before anybody waits for it.
    this.over.catch(() => {});
  }

  /** Carries out what the beginning wants, unless an early signal has ended it already. */
  begin(): void {
    if (this.state.name === "clearing") this.#run(() => this.#perform(begin().actions));
  }

  /** Something happened, now. */
  take(news: News): void {
    this.#waiting.push({ ...news, at: this.#clock.now() });
    if (!this.#busy) this.#run(() => {});
  }

  /** All is over. */
  finish(code: number): void {
    this.#end.resolve(code);
  }

  #handle(event: Event): void {
    const from = this.state.name;
    const { state, actions } = transition(this.state, event, this.#limits);
    this.state = state;
    if (state.name !== from) {
      this.since = event.at;
      this.#handlers.entered(from, event.at);
    }
    this.#perform(actions);
  }

  #perform(actions: readonly Action[]): void {
    for (const action of actions) this.#handlers.perform(action);
  }

  /** Does some work, then takes what happened, meanwhile included. */
  #run(work: () => void): void {
    this.#busy = true;
    try {
      work();
      for (let event = this.#waiting.shift(); event; event = this.#waiting.shift()) {
        this.#handle({ ...event, ...this.#handlers.facts() } as Event);
      }
    } catch (error) {
      this.#waiting = [];
      this.#end.reject(error);
    } finally {
      this.#busy = false;
    }
  }
}
