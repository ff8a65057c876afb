import type { Log } from "../observe/log.ts";
import type { Plan } from "../plan/plan.ts";
import { reasonOf } from "../text/describe_error.ts";

/** What {@link Plans} needs. */
export interface PlansParts {
  /** Writes a plan's configuration file. @throws when the disk does not allow it */
  readonly write: (plan: Plan) => void | Promise<void>;
  /** Told when a plan that never served was given up for the one that did. */
  readonly rolledBack: (bad: Plan, detail: string) => void;
  readonly log: Log;
}

/** The plan that counts, and the one to which one can go back. */
export class Plans {
  readonly #parts: PlansParts;
  #current: Plan;
  /** Of the newest start, hot reloads included. */
  #tried: Plan | undefined;
  /** Served last. */
  #served: Plan | undefined;
  /** Whether the file holds what was rolled back. */
  #rewrite = false;

  constructor(plan: Plan, parts: PlansParts) {
    this.#current = plan;
    this.#parts = parts;
  }

  /** What runs, or is to be started next. */
  get current(): Plan {
    return this.#current;
  }

  /** Whether the plan was tried and never served, while an earlier one did. */
  get isUntried(): boolean {
    return this.#served !== undefined && this.#served !== this.#current &&
      this.#tried === this.#current;
  }

  /** Takes a changed plan, whose configuration is written already. */
  change(plan: Plan): void {
    this.#current = plan;
  }

  /** A daemon is begun with it. */
  begin(): void {
    this.#tried = this.#current;
  }

  /** What was begun last serves. */
  serves(): void {
    this.#served = this.#tried;
  }

  /** Goes back to the plan that served; its configuration is written by {@link writeBack}. */
  rollBack(detail: string): void {
    const bad = this.#current;
    if (this.#served === undefined || this.#served === bad) return;
    this.#current = this.#served;
    this.#rewrite = true;
    this.#parts.rolledBack(bad, detail);
  }

  /** Before the next start. */
  async writeBack(): Promise<void> {
    if (!this.#rewrite) return;
    this.#rewrite = false;
    try {
      await this.#parts.write(this.#current);
    } catch (error) {
      const message = `Cannot write the configuration that served back: ${reasonOf(error)}`;
      this.#parts.log("error", "roll-back-failed", message);
    }
  }
}
