import { fail, type Finding, ok } from "./finding.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";

/** Whether what is to be started is there at all; `mount-ufs` starts Curvine's cli in a master. */
export const programProbe: Probe = {
  name: "program",
  page: "container",
  look({ draft, isHere, isDataLoad, cli, world }: Patient): Finding[] {
    if (!isHere && !isDataLoad) return [];
    const daemon = isDataLoad ? undefined : draft?.plan.process.argv[0];
    const wanted = [daemon, isDataLoad || draft?.plan.component === "master" ? cli : undefined];
    return wanted.filter((path) => path !== undefined)
      .map((path) => judgeProgram(path, world.cannotExecute(path)));
  },
};

/** @param reason why it cannot be executed; `undefined` when it can */
export function judgeProgram(path: string, reason: string | undefined): Finding {
  if (reason === undefined) return ok("program", `${path} is there`);
  return fail("program", `"${path}" cannot be executed: ${reason}`, MEND, "container");
}

const MEND = "is this an image with Curvine in it, and is CURVINE_HOME its folder?";
