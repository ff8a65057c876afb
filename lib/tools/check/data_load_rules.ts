import { wrong } from "./container_rules.ts";
import { hasAt, listAt, type Manifest, textAt } from "./manifest.ts";
import type { ShapeFinding } from "./shape.ts";

/** What Fluid refuses of a DataLoad, its dataset's runtime and class at hand or not. */
export function dataLoadRules(load: Manifest, all: readonly Manifest[]): ShapeFinding[] {
  const { value } = load.document;
  const findings: ShapeFinding[] = [];
  const name = textAt(value, ["spec", "dataset", "name"]);
  const namespace = textAt(value, ["spec", "dataset", "namespace"]);
  const place = ["spec", "dataset", "namespace"];
  // Fluid looks for the dataset in the namespace as it is given, which may be none.
  if (!hasAt(value, ["spec", "dataset"])) {
    // Its shape says so already.
  } else if (!namespace) {
    const message = "is missing, and Fluid does not take the DataLoad's own";
    findings.push(wrong(place, message, `write "${load.namespace}"`));
  } else if (namespace !== load.namespace) {
    findings.push(wrong(
      place,
      `is "${namespace}", and the DataLoad is in "${load.namespace}"; Fluid wants one for both`,
      `write "${load.namespace}", or put the DataLoad into "${namespace}"`,
    ));
  }
  if (textAt(value, ["spec", "policy"]) === "Cron" && !textAt(value, ["spec", "schedule"])) {
    findings.push(
      wrong(["spec", "schedule"], "is missing, and the policy is Cron", 'such as "0 3 * * *"'),
    );
  }
  const runtime = all.find((one) =>
    one.kind === "CacheRuntime" && one.name === name &&
    one.namespace === (namespace ?? load.namespace)
  );
  const wanted = textAt(runtime?.document.value, ["spec", "runtimeClassName"]);
  const runtimeClass = all.find((one) => one.kind === "CacheRuntimeClass" && one.name === wanted);
  const specs = listAt(runtimeClass?.document.value, ["dataOperationSpecs"]);
  if (
    runtimeClass !== undefined && !specs.some((one) => textAt(one, ["name"]) === "DataLoad")
  ) {
    findings.push(wrong(
      ["spec", "dataset", "name"],
      `is "${name}", whose CacheRuntimeClass "${wanted}" has no DataLoad among its ` +
        "dataOperationSpecs: Fluid refuses it",
      "add one to the class, with its command",
    ));
  }
  return findings;
}
