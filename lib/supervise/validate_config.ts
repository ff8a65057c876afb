import type { Plan } from "../plan/plan.ts";
import type { Files, Processes } from "../ports/world.ts";

/** What curvine-fuse thinks of a configuration. */
export type Verdict =
  | { readonly kind: "good" }
  | { readonly kind: "bad"; readonly message: string }
  /** This curvine-fuse cannot be asked. */
  | { readonly kind: "unknown" };

/** What is needed to ask. */
export interface Validation {
  readonly processes: Processes;
  readonly files: Files;
  readonly env: Readonly<Record<string, string>>;
  /** A folder of ours for the file in question. */
  readonly folder: string;
  /** Writes a plan's configuration file where the plan says. */
  readonly writeConfig: (plan: Plan) => void | Promise<void>;
}

/** It contacts nobody, so that this is more than enough (Curvine: curvine-fuse). */
const DEADLINE_MS = 5000;

/** What it prints on success (the same). */
const LOADED = "Loaded configuration";

/**
 * Asks `curvine-fuse validate-config` about a plan's configuration, in a copy.
 *
 * An older curvine-fuse has no such subcommand, and a refusal must not be taken for a verdict: it
 * counts only from a program that accepts an empty configuration, as every Curvine does that knows
 * the subcommand.
 */
export async function validateConfig(plan: Plan, validation: Validation): Promise<Verdict> {
  const { files, folder } = validation;
  const [program] = plan.process.argv;
  if (program === undefined || plan.mount === null) return { kind: "unknown" };
  const copy = `${folder}/candidate.toml`;
  const empty = `${folder}/empty.toml`;
  try {
    await validation.writeConfig(inAnotherPlace(plan, copy, folder));
    const answer = await ask(program, copy, plan, validation);
    if (answer?.status.code === 0) return { kind: "good" };
    if (answer?.status.code !== 1) return { kind: "unknown" };
    files.write(empty, "");
    const control = await ask(program, empty, plan, validation);
    if (control?.status.code !== 0 || !control.stdout.includes(LOADED)) return { kind: "unknown" };
    return { kind: "bad", message: lastLine(answer.stderr) ?? lastLine(answer.stdout) ?? "exit 1" };
  } catch {
    // No room for the copy, say: then nobody can be asked.
    return { kind: "unknown" };
  } finally {
    files.remove(copy);
    files.remove(empty);
  }
}

/** A program that does not know the subcommand might mount: not where our mount is. */
function inAnotherPlace(plan: Plan, path: string, folder: string): Plan {
  const fuse = plan.config.toml["fuse"];
  const toml = { ...plan.config.toml };
  if (typeof fuse === "object" && fuse !== null && !Array.isArray(fuse)) {
    toml["fuse"] = { ...fuse, mnt_path: `${folder}/nowhere` };
  }
  return { ...plan, config: { path, toml } };
}

async function ask(
  program: string,
  path: string,
  plan: Plan,
  { processes, env }: Validation,
): ReturnType<Processes["run"]> {
  const argv = [program, "validate-config", "--conf", path];
  return await processes.run({ argv, env, cwd: plan.process.cwd }, DEADLINE_MS);
}

function lastLine(text: string): string | undefined {
  return text.trimEnd().split("\n").at(-1)?.trim() || undefined;
}
