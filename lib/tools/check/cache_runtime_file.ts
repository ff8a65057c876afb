import { datasetMounts } from "./dataset_mounts.ts";
import { envOf, type HandedFile, layOptions, type TextMap } from "./handed_file.ts";
import { listAt, type Manifest, textAt, valueAt } from "./manifest.ts";
import { Origins } from "./origins.ts";
import { headlessService } from "../../plan/generate/cluster_names.ts";

const PATH = "/etc/fluid/config/runtime.json";
const COMPONENTS = ["master", "worker", "client"] as const;

/**
 * The runtime config that Fluid writes for a CacheRuntime.
 *
 * Source: Fluid, The runtime config file; Environment, volumes, names.
 *
 * @param runtimeClass `undefined` where it is not among the manifests: it may be in the cluster
 */
export function cacheRuntimeFile(
  runtime: Manifest,
  dataset: Manifest,
  runtimeClass: Manifest | undefined,
): HandedFile {
  const { name, namespace } = runtime;
  const origins = new Origins({ manifest: runtime, place: [] });
  const targetPath = `/runtime-mnt/cache/${namespace}/${name}/cache-fuse`;
  const modes = listAt(dataset.document.value, ["spec", "accessModes"]);
  const value: Record<string, unknown> = {
    mounts: mountsOf(dataset, origins),
    accessModes: modes.length > 0 ? modes : ["ReadOnlyMany"],
    targetPath,
  };
  const components: { name: string; env: TextMap }[] = [];
  for (const component of COMPONENTS) {
    if (valueAt(runtime.document.value, ["spec", component, "disabled"]) === true) continue;
    const part = componentOf(component, runtime, runtimeClass, origins);
    value[component] = part;
    const service = part.service.name;
    const template = ["topology", component, "template", "spec", "containers", 0, "env"];
    components.push({
      name: component,
      env: {
        ...envOf(listAt(runtimeClass?.document.value, template)),
        ...envOf(listAt(runtime.document.value, ["spec", component, "env"])),
        FLUID_DATASET_NAME: name,
        FLUID_DATASET_NAMESPACE: namespace,
        FLUID_RUNTIME_CONFIG_PATH: PATH,
        FLUID_RUNTIME_MOUNT_PATH: targetPath,
        FLUID_RUNTIME_COMPONENT_TYPE: component,
        FLUID_RUNTIME_COMPONENT_SVC_NAME: service,
        HOSTNAME: component === "client" ? `${name}-client-x7k2p` : `${name}-${component}-0`,
      },
    });
  }
  return { runtime: "cache", manifest: runtime, path: PATH, value, components, origins };
}

function mountsOf(dataset: Manifest, origins: Origins): Record<string, unknown>[] {
  return datasetMounts(dataset, origins, "encryptOptions").map(
    ({ mountPoint, options, secrets, name = "", path, readOnly }) => ({
      mountPoint,
      options,
      encryptOptions: secrets,
      name,
      path: path?.startsWith("/") ? path : `/${name}`,
      readOnly,
    }),
  );
}

interface ComponentPart {
  readonly service: { readonly name: string };
}

function componentOf(
  component: typeof COMPONENTS[number],
  runtime: Manifest,
  runtimeClass: Manifest | undefined,
  origins: Origins,
): ComponentPart & Record<string, unknown> {
  const { name, document: { value: spec } } = runtime;
  const options: TextMap = {};
  const at = `${component}.options`;
  layOptions(options, at, runtimeClass, ["topology", component, "options"], origins);
  layOptions(options, at, runtime, ["spec", "options"], origins);
  layOptions(options, at, runtime, ["spec", component, "options"], origins);
  origins.add(component, runtime, ["spec", component]);
  // A class that is not at hand is taken to have what the servers cannot do without.
  const headless = runtimeClass === undefined
    ? component !== "client"
    : valueAt(runtimeClass.document.value, ["topology", component, "service", "headless"]) !==
      undefined;
  const replicas = valueAt(spec, ["spec", component, "replicas"]) ?? 1;
  const levels = levelsOf(component, runtime, origins);
  return {
    enabled: true,
    name: `${name}-${component}`,
    options,
    ...(component === "client" ? {} : { replicas }),
    service: { name: headless ? headlessService(name, component) : "" },
    ...(levels.length > 0 && component !== "master" ? { tieredStoreLevels: levels } : {}),
  };
}

function levelsOf(
  component: string,
  runtime: Manifest,
  origins: Origins,
): Record<string, unknown>[] {
  const root = ["spec", component, "tieredStore", "levels"];
  return listAt(runtime.document.value, root).map((level, index) => {
    const at = `${component}.tieredStoreLevels[${index}]`;
    const place = [...root, index];
    origins.add(at, runtime, place);
    const mounts = `/etc/fluid/mount/tiered-store/level-${index}-index`;
    const quota = (kind: string): string => textAt(level, [kind, "quota"]) ?? "";
    const common = { high: textAt(level, ["high"]), low: textAt(level, ["low"]) };
    for (const kind of ["processMemory", "emptyDir"]) {
      if (valueAt(level, [kind]) !== undefined) {
        origins.add(`${at}.quotas[0]`, runtime, [...place, kind, "quota"]);
      }
    }
    if (valueAt(level, ["processMemory"]) !== undefined) {
      const quotas = [quota("processMemory")];
      return { mountPaths: ["/dev/shm"], mediumType: "MEM", quotas, ...common };
    }
    if (valueAt(level, ["emptyDir"]) !== undefined) {
      const quotas = [quota("emptyDir")];
      return { mountPaths: [`${mounts}-0-emptydir`], mediumType: "HDD", quotas, ...common };
    }
    const quotas = listAt(level, ["hostPath", "quotas"]).map((one, position) => {
      const its = [...place, "hostPath", "quotas", position];
      origins.add(`${at}.quotas[${position}]`, runtime, its);
      return String(one);
    });
    const mountPaths = listAt(level, ["hostPath", "paths"]).map((_, position) =>
      `${mounts}-${position}-hostpath`
    );
    return { mountPaths, mediumType: "HDD", quotas, ...common };
  });
}
