import { fail, type Finding, ok, warn } from "./finding.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";

/** What we were started as, and why. */
export const modeProbe: Probe = { name: "mode", page: "mode", look: judgeMode };

/** @returns a finding; a second one where this is not the place where it runs */
export function judgeMode(
  { isDataLoad, isPod, isHere, detection, draft }: Pick<
    Patient,
    "isDataLoad" | "isPod" | "isHere" | "detection" | "draft"
  >,
): Finding[] {
  if (isDataLoad) return [ok("mode", "the job of a DataLoad, which runs no component")];
  const { mode, component, reasons } = detection;
  const because = reasons.join("; ");
  if (component === undefined) {
    return [fail("mode", `no component can be told: ${because}`, noComponent(mode, isPod), "mode")];
  }
  const first = mode === "standalone" && isPod
    ? warn("mode", `${because}, though this is a pod`, NOT_FLUID, "mode")
    : ok("mode", because);
  const program = draft?.plan.process.argv[0];
  if (isHere || program === undefined) return [first];
  return [first, ok("mode", `no pod, and no "${program}": only the configuration is looked at`)];
}

const NOT_FLUID = "if Fluid made this pod, its variables are missing: it sets them in the first " +
  "container and the first init container only. Is this the class's containers[0]?";

function noComponent(mode: string, isPod: boolean): string {
  if (mode !== "standalone") {
    return "set FLUID_RUNTIME_COMPONENT_TYPE, or name it: curvine-fluid client start. With " +
      "hostNetwork the host name is the node's: set POD_NAME from metadata.name";
  }
  return isPod ? NOT_FLUID : "name what would be started: curvine-fluid doctor client";
}
