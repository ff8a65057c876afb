import { VARIABLES } from "../explain/variables.ts";
import { settingSpecs } from "../../plan/settings.ts";
import { problemLine } from "../../plan/config_error.ts";
import { nearestName } from "../../text/nearest_name.ts";
import { fail, type Finding, ok, warn } from "./finding.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";

const PREFIX = /^CURVINE_FLUID_/;

/** Our own settings, which are environment variables. */
export const settingsProbe: Probe = { name: "settings", page: "config", look: judgeSettings };

/** @returns a finding for each setting that cannot be read, and each that nobody reads */
export function judgeSettings(
  { env, badSettings }: Pick<Patient, "env" | "badSettings">,
): Finding[] {
  const bad = badSettings.map((problem) =>
    fail("settings", problemLine(problem), "put it right in the container's env", "config")
  );
  const known = [
    ...Object.values(settingSpecs()).map(({ variable }) => variable),
    ...VARIABLES.flatMap(({ names }) => names),
  ];
  const ours = Object.keys(env).filter((name) => PREFIX.test(name));
  const strange = ours.filter((name) => !known.includes(name)).map((name) => {
    const near = nearestName(name, known);
    const mend = near === undefined
      ? "curvine-fluid run --help lists them"
      : `did you mean ${near}?`;
    return warn("settings", `${name} is no setting, so nobody reads it`, mend, "config");
  });
  if (bad.length + strange.length > 0) return [...bad, ...strange];
  const set = ours.map((name) => name.replace(PREFIX, "")).sort();
  return [ok("settings", set.length === 0 ? "all have their defaults" : `set: ${set.join(", ")}`)];
}
