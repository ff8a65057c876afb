import { type Draft, draftPlan, generatePlan } from "../../lib/plan/generate/generate_plan.ts";
import type { Inputs } from "../../lib/plan/inputs.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import { readSettings } from "../../lib/plan/settings.ts";

/** A made-up world to generate in. */
export interface World {
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly hostname?: string;
  /** By path; an object becomes JSON. */
  readonly files?: Readonly<Record<string, string | Uint8Array | object>>;
  /** The largest pipe that can be had, in bytes; any where it is left out. */
  readonly largestPipe?: number;
}

/** Where the made-up CacheRuntime or ThinRuntime file lies. */
export const CONFIG_PATH = "/etc/fluid/config/runtime.json";
/** Where the made-up image's own configuration lies. */
export const BASE_PATH = "/app/curvine/conf/curvine-cluster.toml";

export function inputs(
  { words = [], env = {}, hostname = "", files = {}, largestPipe }: World,
): Inputs {
  const bytes = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      content instanceof Uint8Array ? content : new TextEncoder().encode(
        typeof content === "string" ? content : JSON.stringify(content),
      ),
    ]),
  );
  return {
    words,
    env,
    hostname: env["HOSTNAME"] ?? hostname,
    settings: readSettings(env),
    readFile: (path) => bytes.get(path),
    isFile: (path) => bytes.has(path),
    ...(largestPipe === undefined ? {} : { pipesHold: (size: number) => size <= largestPipe }),
  };
}

export async function plan(world: World): Promise<Plan> {
  return (await generatePlan(inputs(world))).plan;
}

export async function draft(world: World): Promise<Draft> {
  return await draftPlan(inputs(world));
}

/** What a component of the CacheRuntime `lake` in the namespace `ai` gets from Fluid. */
export function cacheWorld(
  component: "master" | "worker" | "client",
  config: object | string | Uint8Array,
  env: Readonly<Record<string, string>> = {},
): World {
  return {
    words: [component, "start"],
    env: {
      FLUID_DATASET_NAME: "lake",
      FLUID_DATASET_NAMESPACE: "ai",
      FLUID_RUNTIME_CONFIG_PATH: CONFIG_PATH,
      FLUID_RUNTIME_MOUNT_PATH: "/runtime-mnt/cache/ai/lake/cache-fuse",
      FLUID_RUNTIME_COMPONENT_TYPE: component,
      FLUID_RUNTIME_COMPONENT_SVC_NAME: component === "client" ? "" : `svc-lake-${component}`,
      HOSTNAME: `lake-${component}-0`,
      ...env,
    },
    files: { [CONFIG_PATH]: config },
  };
}

/** What one may want to change in {@link cacheConfig}. */
export interface CacheParts {
  readonly master?: object;
  readonly worker?: object;
  readonly client?: object;
  readonly [field: string]: unknown;
}

/** CacheRuntime's file as Fluid writes it: one master, two workers, no tiers, no options. */
export function cacheConfig({ master, worker, client, ...rest }: CacheParts = {}): object {
  const component = (type: string, more: object | undefined, service: string): object => ({
    enabled: true,
    name: `lake-${type}`,
    options: {},
    service: { name: service },
    ...more,
  });
  return {
    mounts: [{ mountPoint: "s3://lake/raw", name: "raw", path: "/raw" }],
    accessModes: ["ReadWriteMany"],
    targetPath: "/runtime-mnt/cache/ai/lake/cache-fuse",
    master: { replicas: 1, ...component("master", master, "svc-lake-master") },
    worker: { replicas: 2, ...component("worker", worker, "svc-lake-worker") },
    client: component("client", client, ""),
    ...rest,
  };
}

/** What the FUSE client of a ThinRuntime gets from Fluid. */
export function thinWorld(
  config: object | string,
  env: Readonly<Record<string, string>> = {},
): World {
  return {
    words: ["fluid-thin-runtime"],
    env: {
      FLUID_RUNTIME_TYPE: "thin",
      FLUID_RUNTIME_NS: "ai",
      FLUID_RUNTIME_NAME: "lake",
      FLUID_RUNTIME_CONFIG_PATH: CONFIG_PATH,
      ...env,
    },
    files: { [CONFIG_PATH]: config },
  };
}

/** ThinRuntime's file with one Curvine mount. */
export function thinConfig(
  options: Readonly<Record<string, unknown>> = {},
  more: object = {},
  mount: object = {},
): object {
  return {
    mounts: [{
      mountPoint: "curvine:///data",
      options: { "master-endpoints": "m0:8995", ...options },
      name: "data",
      ...mount,
    }],
    targetPath: "/runtime-mnt/thin/ai/lake/thin-fuse",
    accessModes: ["ReadOnlyMany"],
    ...more,
  };
}

/** A plan's TOML value at a dotted path, as plain JSON. */
export function at(plan: Plan, path: string): unknown {
  let value: unknown = JSON.parse(
    JSON.stringify(plan.config.toml, (_key, one) => typeof one === "bigint" ? `${one}n` : one),
  );
  for (const key of path === "" ? [] : path.split(".")) {
    value = (value as Record<string, unknown> | undefined)?.[key];
  }
  return value;
}

/** The codes of a plan's warnings. */
export function codes(plan: Plan): string[] {
  return plan.warnings.map(({ code }) => code);
}
