import { ConfigError } from "../plan/config_error.ts";
import type { Plan } from "../plan/plan.ts";
import type { Log } from "../observe/log.ts";
import { samePlan, sameProcess } from "./same_plan.ts";
import type { Verdict } from "./validate_config.ts";

/** What {@link ConfigChanges} needs. */
export interface ConfigChangesParts {
  readonly log: Log;
  /** Generates from the files as they are now. @throws {ConfigError} when they are bad */
  readonly regenerate: () => Plan | Promise<Plan>;
  readonly validate: (plan: Plan) => Promise<Verdict>;
  readonly write: (plan: Plan) => void | Promise<void>;
  /** Told after a changed configuration was written. `hot`: whether a hot reload can take it. */
  readonly changed: (plan: Plan, hot: boolean) => void;
}

/** What came of looking at the configuration. */
export type ConfigResult = "unchanged" | "rejected" | "failed" | "applied";

/** The warning of a plan that was made without a runtime config (DESIGN, Generating). */
const MISSING = "config-missing";

/** Applies changes of the configuration, one after the other. */
export class ConfigChanges {
  /** How often which result came. */
  readonly counts: Record<Exclude<ConfigResult, "applied">, number> = {
    unchanged: 0,
    rejected: 0,
    failed: 0,
  };
  /** Configurations applied; the first is 1. */
  generation = 1;
  /** What is wrong with the newest configuration, for people; absent when it was taken. */
  problem: string | undefined;
  readonly #parts: ConfigChangesParts;
  #plan: Plan;
  #work: Promise<void> | undefined;
  #again = false;

  constructor(plan: Plan, parts: ConfigChangesParts) {
    this.#plan = plan;
    this.#parts = parts;
  }

  /** The newest plan that was taken. */
  get plan(): Plan {
    return this.#plan;
  }

  /** Looks at the configuration now, or once more when a look is under way. */
  look(): Promise<void> {
    this.#again = true;
    this.#work ??= this.#run().finally(() => this.#work = undefined);
    return this.#work;
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const result = await this.#apply();
      if (result !== "applied") this.counts[result]++;
    }
  }

  async #apply(): Promise<ConfigResult> {
    const { log } = this.#parts;
    let plan: Plan;
    try {
      plan = await this.#parts.regenerate();
    } catch (error) {
      if (!(error instanceof ConfigError)) return this.#refuse("failed", describe(error));
      return this.#refuse("rejected", error.message);
    }
    if (isMissing(plan) && !isMissing(this.#plan)) {
      return this.#refuse("rejected", "the runtime config has gone");
    }
    if (samePlan(this.#plan, plan)) {
      this.problem = undefined;
      log("info", "config-unchanged", "The configuration means the same as before");
      return "unchanged";
    }
    const verdict = await this.#parts.validate(plan);
    if (verdict.kind === "bad") {
      return this.#refuse("rejected", `curvine-fuse rejects it: ${verdict.message}`);
    }
    try {
      await this.#parts.write(plan);
    } catch (error) {
      return this.#refuse("failed", describe(error));
    }
    const hot = sameProcess(this.#plan, plan);
    this.#plan = plan;
    this.generation++;
    this.problem = undefined;
    log("info", "config-changed", "The configuration changed", { generation: this.generation });
    this.#parts.changed(plan, hot);
    return "applied";
  }

  #refuse(result: "rejected" | "failed", reason: string): ConfigResult {
    this.problem = reason;
    this.#parts.log(
      "error",
      `config-${result}`,
      `The changed configuration is not applied, what runs goes on: ${reason}`,
    );
    return result;
  }
}

function isMissing(plan: Plan): boolean {
  return plan.warnings.some(({ code }) => code === MISSING);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
