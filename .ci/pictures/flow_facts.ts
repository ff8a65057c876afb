import { parseEnv } from "node:util";
import { detectMode } from "../../lib/plan/detect_mode.ts";
import { generatePlan } from "../../lib/plan/generate/generate_plan.ts";
import { NOTHING_SET } from "../../lib/plan/settings.ts";
import type { Plan } from "../../lib/plan/plan.ts";

/** One way to be started, and the plan that comes of it. */
export interface Start {
  readonly plan: Plan;
  /** Where the runtime config is; `undefined` where none of Fluid's has a part in it. */
  readonly reads: string | undefined;
}

/** Environments of `manifests/local`, a runtime config each, and words: every component once. */
const STARTS: readonly (readonly [env: string, config: string | undefined, ...words: string[]])[] =
  [
    ["cache-master.env", "cache.json"],
    ["cache-worker.env", "cache.json"],
    ["cache-client.env", "cache.json"],
    ["thin.env", "thin.json"],
    ["standalone.env", undefined],
    ["standalone.env", undefined, "transfer"],
  ];

/** Makes the plans of the local environments, as the code makes them in a container. */
export function flowFacts(root: string): Promise<Start[]> {
  const local = `${root}/manifests/local`;
  return Promise.all(STARTS.map(async ([file, config, ...words]) => {
    const env = parseEnv(await Deno.readTextFile(`${local}/${file}`)) as Record<string, string>;
    // Said for a desk: in a container the file is where Fluid puts it.
    delete env["FLUID_RUNTIME_CONFIG_PATH"];
    const content = config === undefined ? undefined : await Deno.readFile(`${local}/${config}`);
    const facts = {
      words,
      env,
      hostname: env["HOSTNAME"] ?? "",
      isFile: (): boolean => false,
    };
    const reads = detectMode(facts).configPath;
    const { plan } = await generatePlan({
      ...facts,
      settings: NOTHING_SET,
      readFile: (path) => path === reads ? content : undefined,
    });
    return { plan, reads };
  }));
}
