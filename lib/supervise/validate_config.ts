import { isTomlTable } from "../plan/curvine/toml_value.ts";
import type { Plan } from "../plan/plan.ts";
import type { Processes, World } from "../ports/world.ts";

/** What curvine-fuse thinks of a configuration. */
export type Verdict =
  | { readonly kind: "good" }
  | { readonly kind: "bad"; readonly message: string }
  /** This curvine-fuse cannot be asked. */
  | { readonly kind: "unknown" };

/** What is needed to ask. */
export interface ValidatorParts {
  readonly world: Pick<World, "processes" | "files">;
  readonly env: Readonly<Record<string, string>>;
  /** A folder of ours for the file in question; `undefined` where there is none. */
  readonly folder: string | undefined;
  /** Writes a plan's configuration file where the plan says. */
  readonly write: (plan: Plan) => void | Promise<void>;
}

/** It contacts nobody, so that this is more than enough (Curvine: curvine-fuse). */
const DEADLINE_MS = 5000;

/** What it prints on success (the same). */
const LOADED = "Loaded configuration";

/** Asks `curvine-fuse validate-config` about configurations. */
export class ConfigValidator {
  readonly #parts: ValidatorParts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: ValidatorParts) {
    this.#parts = parts;
  }

  /** Asks about a plan's configuration, in a copy; after earlier questions, whose copies lie there. */
  async ask(plan: Plan): Promise<Verdict> {
    const verdict = this.#last.then(() => validateConfig(plan, this.#parts));
    this.#last = verdict;
    return await verdict;
  }
}

/**
 * An older curvine-fuse has no such subcommand, and a refusal must not be taken for a verdict: it
 * counts only from a program that accepts an empty configuration, as every Curvine does that knows
 * the subcommand.
 */
async function validateConfig(plan: Plan, parts: ValidatorParts): Promise<Verdict> {
  const { folder, write, world: { files } } = parts;
  const [program] = plan.process.argv;
  if (folder === undefined || program === undefined || plan.mount === null) {
    return { kind: "unknown" };
  }
  const copy = `${folder}/candidate.toml`;
  const empty = `${folder}/empty.toml`;
  try {
    await write(inAnotherPlace(plan, copy, folder));
    const answer = await ask(program, copy, plan, parts);
    if (answer?.status.code === 0) return { kind: "good" };
    if (answer?.status.code !== 1) return { kind: "unknown" };
    files.write(empty, "");
    const control = await ask(program, empty, plan, parts);
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
  if (isTomlTable(fuse)) toml["fuse"] = { ...fuse, mnt_path: `${folder}/nowhere` };
  return { ...plan, config: { path, toml } };
}

async function ask(
  program: string,
  path: string,
  plan: Plan,
  { world: { processes }, env }: ValidatorParts,
): ReturnType<Processes["run"]> {
  const argv = [program, "validate-config", "--conf", path];
  return await processes.run({ argv, env, cwd: plan.process.cwd }, DEADLINE_MS);
}

function lastLine(text: string): string | undefined {
  return text.trimEnd().split("\n").at(-1)?.trim() || undefined;
}
