import { fail, type Finding, ok } from "./finding.ts";
import type { KnownMasters, Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";

/** Whether a DataLoad's job finds Curvine's masters: it gets no runtime config. */
export const dataLoadProbe: Probe = {
  name: "data-load",
  page: "dataLoad",
  async look({ isDataLoad, masters, env }: Patient): Promise<Finding[]> {
    return isDataLoad ? judgeDataLoad(await masters(), env) : [];
  },
};

/** @param env the job's: what is to be loaded, and whether somebody named the dataset */
export function judgeDataLoad(
  masters: KnownMasters,
  env: Readonly<Record<string, string>>,
): Finding[] {
  if (!masters.ok) {
    const tried = masters.tried.map((one) => `- ${one}`).join("\n");
    return [fail(
      "data-load",
      `no master can be found:\n${tried}`,
      env["CURVINE_DATALOAD_DATASET"] ? RIGHT_NAME : MEND,
      "dataLoad",
    )];
  }
  const found = masters.endpoints.map(({ hostname, port }) => `${hostname}:${port}`).join(", ");
  return [
    ok(
      "data-load",
      `loads ${
        JSON.stringify(env["FLUID_DATALOAD_DATA_PATH"] || "/")
      } from ${found} (${masters.how})`,
    ),
  ];
}

const RIGHT_NAME = "is that the Dataset's name, and in this namespace " +
  "(CURVINE_DATALOAD_NAMESPACE)? Are its masters running, with a headless service?";

const MEND =
  "set CURVINE_DATALOAD_DATASET to the dataset's name, or CURVINE_DATALOAD_MASTER_ADDRS " +
  "to host:port,host:port, in the class's dataOperationSpecs; or let the job read its pod's labels " +
  "(manifests/data-load/rbac.yaml)";
