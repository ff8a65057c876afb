import { type Problem, withoutSecrets } from "../config_error.ts";
import type { Warning } from "../plan.ts";
import { Secrets } from "../secrets.ts";
import { withoutPasswords } from "../secret_text.ts";

/**
 * What a generation found on its way. Problems are collected, not thrown, so that a person sees
 * all of them at once.
 */
export class Findings {
  readonly problems: Problem[] = [];
  readonly warnings: Warning[] = [];
  readonly secrets = new Secrets();

  problem(path: string, message: string, hint?: string): void {
    this.problems.push(
      withoutSecrets({ path, message, ...(hint === undefined ? {} : { hint }) }),
    );
  }

  warn(code: string, message: string, path?: string): void {
    this.warnings.push({
      code,
      message: withoutPasswords(message),
      ...(path === undefined ? {} : { path: withoutPasswords(path) }),
    });
  }
}
