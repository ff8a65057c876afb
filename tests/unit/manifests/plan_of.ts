import { generatePlan } from "../../../lib/plan/generate/generate_plan.ts";
import type { Plan } from "../../../lib/plan/plan.ts";
import { NOTHING_SET } from "../../../lib/plan/settings.ts";
import type { Handed } from "./as_fluid_writes.ts";

/** What a container makes of what Fluid hands it; every secret is `canary`. */
export async function planOf({ env, path, text, secrets }: Handed): Promise<Plan> {
  const files = new Map([[path, text], ...secrets.map((file) => [file, "canary"] as const)]);
  const { plan } = await generatePlan({
    settings: NOTHING_SET,
    words: [],
    env,
    hostname: env["HOSTNAME"] ?? "",
    readFile: (name) => {
      const found = files.get(name);
      return found === undefined ? undefined : new TextEncoder().encode(found);
    },
    isFile: (name) => files.has(name),
  });
  return plan;
}
