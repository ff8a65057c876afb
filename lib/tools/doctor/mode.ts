import { fail, type Finding, ok, warn } from "./finding.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";

/** What we were started as, and why. */
export const modeProbe: Probe = { name: "mode", page: "mode", look: judgeMode };

/** @returns one finding */
export function judgeMode(
  { isDataLoad, isPod, detection }: Pick<Patient, "isDataLoad" | "isPod" | "detection">,
): Finding[] {
  if (isDataLoad) return [ok("mode", "the job of a DataLoad, which runs no component")];
  const { mode, component, reasons } = detection;
  const because = reasons.join("; ");
  if (component === undefined) {
    return [fail("mode", `no component can be told: ${because}`, noComponent(mode, isPod), "mode")];
  }
  if (mode === "standalone" && isPod) {
    return [warn("mode", `${because}, though this is a pod`, NOT_FLUID, "mode")];
  }
  return [ok("mode", because)];
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
