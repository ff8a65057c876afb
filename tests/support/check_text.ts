import { type CheckedManifests, checkManifests } from "../../lib/tools/check/check_manifests.ts";
import { NOTHING_SET } from "../../lib/plan/settings.ts";
import type { Inputs } from "../../lib/plan/inputs.ts";

const NOWHERE: Inputs = {
  words: [],
  env: {},
  hostname: "desk",
  settings: NOTHING_SET,
  readFile: () => undefined,
  isFile: () => false,
};

/** Checks the text of one file of manifests on a machine that has no files. */
export function checkText(text: string): CheckedManifests {
  return checkManifests([{ file: "it.yaml", text }], NOWHERE);
}

/** Every problem of a text as one line, in their order. */
export async function problemsOf(text: string): Promise<string[]> {
  const { reports } = await checkText(text);
  return reports.flatMap(({ problems }) =>
    problems.map(({ path, message, hint }) => `${path}: ${message}${hint ? ` (${hint})` : ""}`)
  );
}

/** Every warning of a text, with its code. */
export async function warningsOf(text: string): Promise<string[]> {
  const { reports } = await checkText(text);
  return reports.flatMap(({ warnings }) =>
    warnings.map(({ code, message }) => `${code}: ${message}`)
  );
}
