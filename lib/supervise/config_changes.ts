import type { Log } from "../observe/log.ts";
import { ConfigError } from "../plan/config_error.ts";
import type { Plan } from "../plan/plan.ts";
import { reasonOf } from "../text/describe_error.ts";
import type { Verdict } from "./validate_config.ts";

/** Where plans come from, and where their configuration goes. */
export interface ConfigSource {
  /**
   * The runtime config, which is watched, and its text when the first plan was made of it: what
   * changed since then is a change. Absent when there is none.
   */
  readonly file?: { readonly path: string; readonly text: string | undefined };
  /** Generates from the files as they are now. @throws {ConfigError} when they are bad */
  generate(): Plan;
  /** Writes the plan's configuration file, atomically. @throws when the disk does not allow it */
  write(plan: Plan): void | Promise<void>;
}

/** What {@link ConfigChanges} needs. */
export interface ConfigChangesParts {
  readonly log: Log;
  readonly source: ConfigSource;
  readonly validate: (plan: Plan) => Promise<Verdict>;
  /** The plan that counts until now. */
  readonly current: () => Plan;
  /** Takes a changed plan, whose configuration is written by then. */
  readonly apply: (plan: Plan) => void;
}

/** What came of looking at the configuration. */
export type ConfigResult = "unchanged" | "rejected" | "failed" | "applied";

/** The warning of a plan that was made without a runtime config (DESIGN, Generating). */
const MISSING = "config-missing";

/** Applies changes of the configuration, one after the other. */
export class ConfigChanges {
  /** How often which result came. */
  readonly counts = { unchanged: 0, rejected: 0, failed: 0, "rolled-back": 0 };
  /** Configurations applied; the first is 1. */
  generation = 1;
  /** What is wrong with the newest configuration, for people; absent when it was taken. */
  problem: string | undefined;
  readonly #parts: ConfigChangesParts;
  /** What could not start, and is not tried again until the file says something else. */
  #condemned: Plan | undefined;
  #work: Promise<void> | undefined;
  #again = false;

  constructor(parts: ConfigChangesParts) {
    this.#parts = parts;
  }

  /** Looks at the configuration now, or once more when a look is under way. */
  look(): Promise<void> {
    this.#again = true;
    this.#work ??= this.#run().finally(() => this.#work = undefined);
    return this.#work;
  }

  /** A plan that was applied could not start; the one before it runs again. */
  rolledBack(bad: Plan, detail: string): void {
    this.#condemned = bad;
    this.counts["rolled-back"]++;
    this.problem = `rolled back: ${detail}`;
    this.#parts.log(
      "error",
      "config-rolled-back",
      `The changed configuration cannot start, the one before it is used again until the file ` +
        `changes: ${detail}`,
    );
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const result = await this.#apply();
      if (result !== "applied") this.counts[result]++;
    }
  }

  async #apply(): Promise<ConfigResult> {
    const { log, source, validate } = this.#parts;
    let plan: Plan;
    try {
      plan = source.generate();
    } catch (error) {
      if (!(error instanceof ConfigError)) return this.#refuse("failed", reasonOf(error));
      return this.#refuse("rejected", error.message);
    }
    const current = this.#parts.current();
    if (isMissing(plan) && !isMissing(current)) {
      return this.#refuse("rejected", "the runtime config has gone");
    }
    if (this.#condemned !== undefined && samePlan(this.#condemned, plan)) {
      log("warn", "config-unchanged", "The configuration is still the one that could not start");
      return "unchanged";
    }
    this.#condemned = undefined;
    if (samePlan(current, plan)) {
      this.problem = undefined;
      log("info", "config-unchanged", "The configuration means the same as before");
      return "unchanged";
    }
    const verdict = await validate(plan);
    if (verdict.kind === "bad") {
      return this.#refuse("rejected", `curvine-fuse rejects it: ${verdict.message}`);
    }
    try {
      await source.write(plan);
    } catch (error) {
      return this.#refuse("failed", reasonOf(error));
    }
    this.generation++;
    this.problem = undefined;
    log("info", "config-changed", "The configuration changed", { generation: this.generation });
    this.#parts.apply(plan);
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

/** Whether two plans mean the same: what they write, start and mount. */
export function samePlan(one: Plan, other: Plan): boolean {
  return sameValue(one.config.toml, other.config.toml) && one.config.path === other.config.path &&
    sameProcess(one, other);
}

/**
 * Whether a running daemon can take the other plan over by a hot reload: it starts its own
 * argument list again and reads the file anew (Curvine: Hot reload).
 */
export function sameProcess(one: Plan, other: Plan): boolean {
  return one.config.path === other.config.path && sameValue(one.process, other.process) &&
    sameValue(one.mount, other.mount);
}

/** Deep equality of plain data; the order of keys does not matter. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return false;
  }
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  // TOML's floats and dates are classes: 1 and 1.0 are different things.
  if (kindOf(one) !== kindOf(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length &&
    keys.every((key) =>
      Object.hasOwn(other, key) && sameValue(Reflect.get(one, key), Reflect.get(other, key))
    );
}

function kindOf(value: object): unknown {
  // Tables may come with or without a prototype.
  const kind = Object.getPrototypeOf(value)?.constructor;
  return kind === Object ? undefined : kind;
}
