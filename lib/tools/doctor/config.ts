import { type Problem, problemLine } from "../../plan/config_error.ts";
import { SPLICE_WARNINGS } from "../../plan/generate/guard_splice.ts";
import { fail, type Finding, ok, warn } from "./finding.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";

/** The runtime config, and what a start here would make of it. */
export const configProbe: Probe = { name: "config", page: "config", look: judgeConfig };

/** More than this nobody reads; `check` has them all. */
const MOST_PROBLEMS = 8;

/** @returns a finding for each problem and warning */
export function judgeConfig({
  draft,
  unusable,
  detection,
  isDataLoad,
  secretFiles,
}: Pick<
  Patient,
  "draft" | "unusable" | "detection" | "isDataLoad" | "secretFiles"
>): Finding[] {
  // A job has none, as a rule; and where no component is known, that is what is wrong.
  if (isDataLoad || detection.component === undefined) return [];
  const found = unusable?.problems ?? draft?.problems ?? [];
  // Secrets are looked at apart.
  const missing = [...secretFiles].filter(([, isThere]) => !isThere).map(([path]) => `"${path}"`);
  const problems = found.filter(({ message }) => !missing.some((path) => message.includes(path)));
  const warnings = (draft?.plan.warnings ?? [])
    // The limits of this container are looked at apart.
    .filter(({ code }) => !SPLICE_WARNINGS.includes(code))
    .map(({ code, message }) =>
      warn("config", `${message} (${code})`, MENDS[code] ?? CHANGE, "config")
    );
  const subject = unusable?.subject ?? draft?.subject ?? "the configuration";
  if (problems.length > 0) return [...failures(subject, problems), ...warnings];
  if (warnings.length > 0 || found.length > 0) return warnings;
  return [ok("config", `${subject} has no problem`)];
}

function failures(subject: string, problems: readonly Problem[]): Finding[] {
  const shown = problems.slice(0, MOST_PROBLEMS).map((problem) => {
    const { hint = CHANGE } = problem;
    const line = problemLine({ path: problem.path, message: problem.message });
    // What has no name in the file is a fault of the file as a whole.
    const isNamed = /^[$A-Za-z]/.test(problem.path) && !problem.path.startsWith("line ");
    return fail("config", isNamed ? line : `${subject}: ${line}`, hint, "config");
  });
  const more = problems.length - shown.length;
  if (more === 0) return shown;
  const all = "curvine-fluid check shows all of them";
  return [...shown, fail("config", `${more} more problems`, all, "config")];
}

/** Most warnings say themselves what would be better. */
const CHANGE = "change it where it is written: the class, the runtime or the Dataset";
const REMOVE = "take it out, or write what was meant";

/** By a warning's code. */
const MENDS: Readonly<Record<string, string>> = {
  "unknown-option": REMOVE,
  "unknown-field": REMOVE,
  "unknown-word": REMOVE,
  "unknown-storage-type": REMOVE,
  "format-refused": "take the option out: nothing has to be formatted",
  "replicas-behind": "nothing, while the masters are scaled up: Fluid writes the file anew",
  "config-missing":
    "FLUID_RUNTIME_CONFIG_PATH has to name the file that Fluid mounts: is this the " +
    "class's containers[0]?",
};
