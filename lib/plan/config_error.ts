import { withoutPasswords } from "./secret_text.ts";

/** One thing that is wrong with the configuration. */
export interface Problem {
  /** Where: `mounts[0].options.io-threads`, `$CURVINE_MASTER_ENDPOINTS`, `line 3, column 7`. */
  readonly path: string;
  /** What is wrong, with the value in quotes (secrets as `******`), and what is wanted. */
  readonly message: string;
  /** What most likely puts it right. */
  readonly hint?: string;
}

/**
 * The configuration is bad (exit code 78). It carries every problem found, because a person who
 * mends one at a time waits for a pod restart between any two.
 */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  /**
   * @param subject what cannot be used, such as `the runtime config "/etc/fluid/config/runtime.json"`
   * @param problems at least one
   */
  constructor(readonly subject: string, problems: readonly Problem[]) {
    const shown = problems.map(withoutSecrets);
    super(`Cannot use ${subject}: ${describe(shown)}`);
    this.problems = shown;
  }

  readonly problems: readonly Problem[];
}

function describe(problems: readonly Problem[]): string {
  const [only] = problems;
  if (problems.length === 1 && only) return problemLine(only);
  return `${problems.length} problems\n${
    problems.map((problem) => `  ${problemLine(problem)}`).join("\n")
  }`;
}

/** A problem that may be shown, whatever the names and values are that it quotes. */
export function withoutSecrets({ path, message, hint }: Problem): Problem {
  return {
    path: withoutPasswords(path),
    message: withoutPasswords(message),
    ...(hint === undefined ? {} : { hint: withoutPasswords(hint) }),
  };
}

/** A problem as one line. */
export function problemLine({ path, message, hint }: Problem): string {
  const place = path === "" ? "" : `${path}: `;
  return `${place}${message}${hint === undefined ? "" : ` (${hint})`}`;
}
