import { detectMode } from "../plan/detect_mode.ts";
import type { Inputs } from "../plan/inputs.ts";
import type { Host } from "../ports/host.ts";
import { inputsOf } from "./inputs_of.ts";

/**
 * What tells a DataLoad's job of its cluster, where it has the runtime config. Fluid: DataLoad.
 *
 * @returns the file's name also where it is not there: the variable often names one that the job's
 * pod has not
 */
export function inputsOfJob(
  host: Host,
): { readonly file: string | undefined; readonly inputs: Inputs | undefined } {
  const inputs = inputsOf(host, ["worker"]);
  const file = detectMode(inputs).configPath ?? inputs.env["FLUID_RUNTIME_CONFIG_PATH"];
  if (file === undefined || !inputs.isFile(file)) return { file, inputs: undefined };
  const env = { ...inputs.env, FLUID_RUNTIME_COMPONENT_TYPE: "worker" };
  return { file, inputs: { ...inputs, env } };
}
