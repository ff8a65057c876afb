import type { Problem } from "../config_error.ts";
import { toProblem } from "./parse_runtime_config.ts";
import { runtimeSchema } from "./runtime_schema.ts";

/** What is wrong with a file's types, and the file as it would be without. */
export interface Mended {
  readonly problems: readonly Problem[];
  /** What of the file can still be judged; `undefined` where that cannot be told. */
  readonly value: Readonly<Record<string, unknown>> | undefined;
}

/** A part that is put in may lack parts of its own; nothing in the file is deeper than this. */
const ROUNDS = 6;

/**
 * Finds every wrong type in a runtime config and puts harmless values in those places, so that the
 * rest can be judged, too: a person wants to see all problems at once.
 */
export function mendTypes(file: Readonly<Record<string, unknown>>): Mended {
  const problems: Problem[] = [];
  const value = structuredClone(file) as Record<string, unknown>;
  for (let round = 0; round < ROUNDS; round++) {
    const parsed = runtimeSchema.safeParse(value);
    if (parsed.success) return { problems, value };
    for (const issue of parsed.error.issues) {
      if (round === 0) problems.push(toProblem(issue, file));
      replace(value, issue.path, round === 0 ? undefined : stopgap(issue));
    }
  }
  return { problems, value: undefined };
}

/** Most fields may be absent; only where one may not does a second round ask for its type. */
function stopgap(issue: object): unknown {
  switch ("expected" in issue ? issue.expected : undefined) {
    case "string":
      return "x";
    case "object":
    case "record":
      return {};
    default:
      return undefined;
  }
}

function replace(root: Record<string, unknown>, path: readonly PropertyKey[], by: unknown): void {
  let holder: Record<PropertyKey, unknown> = root;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<PropertyKey, unknown>;
  const last = path.at(-1);
  if (last === undefined) return;
  if (by === undefined && !Array.isArray(holder)) delete holder[last];
  else holder[last] = by;
}
