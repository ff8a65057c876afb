import { fail, type Finding, ok } from "./finding.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";

/** Whether what is to be started is there at all. */
export const programProbe: Probe = {
  name: "program",
  page: "container",
  look({ draft, isHere, isDataLoad, cli, world }: Patient): Finding[] {
    const path = isDataLoad ? cli : draft?.plan.process.argv[0];
    if (path === undefined || !(isHere || isDataLoad)) return [];
    return [judgeProgram(path, world.cannotExecute(path))];
  },
};

/** @param reason why it cannot be executed; `undefined` when it can */
export function judgeProgram(path: string, reason: string | undefined): Finding {
  if (reason === undefined) return ok("program", `${path} is there`);
  return fail("program", `"${path}" cannot be executed: ${reason}`, MEND, "container");
}

const MEND = "is this an image with Curvine in it, and is CURVINE_HOME its folder?";
