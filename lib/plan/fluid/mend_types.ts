import type { Problem } from "../config_error.ts";
import type { Warning } from "../plan.ts";
import { checkRuntimeFile } from "./check_runtime_file.ts";

/** What is wrong with a file's types, and the file as it would be without. */
export interface Mended {
  readonly problems: readonly Problem[];
  /** Fields that Fluid does not write. */
  readonly warnings: readonly Warning[];
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
  const { problems, warnings, faults } = checkRuntimeFile(file);
  const value = structuredClone(file) as Record<string, unknown>;
  // What is wrong is left out first; only where something must be is a stopgap put in.
  for (const { path } of faults) replace(value, path, undefined);
  for (let round = 1; round < ROUNDS; round++) {
    const { file: whole, faults: left } = checkRuntimeFile(value);
    if (whole !== undefined) return { problems, warnings, value };
    for (const { path, wanted } of left) replace(value, path, stopgap(wanted));
  }
  return { problems, warnings, value: undefined };
}

/** Most fields may be absent; only where one may not does a second round ask for its type. */
function stopgap(wanted: unknown): unknown {
  switch (wanted) {
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
