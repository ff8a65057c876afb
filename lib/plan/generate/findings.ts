import type { Problem } from "../config_error.ts";
import type { Warning } from "../plan.ts";

/**
 * What a generation found on its way. Problems are collected, not thrown, so that a person sees
 * all of them at once.
 */
export class Findings {
  readonly problems: Problem[] = [];
  readonly warnings: Warning[] = [];
  /** Where in the TOML a value lies that must never be shown. */
  readonly secretPaths: (readonly string[])[] = [];

  problem(path: string, message: string, hint?: string): void {
    this.problems.push({ path, message, ...(hint === undefined ? {} : { hint }) });
  }

  warn(code: string, message: string, path?: string): void {
    this.warnings.push({ code, message, ...(path === undefined ? {} : { path }) });
  }
}
