import { headlessService } from "../../plan/generate/cluster_names.ts";
import { containerEnv } from "./container_env.ts";
import { accessModesOf, datasetMounts } from "./dataset_mounts.ts";
import {
  field,
  type HandedComponent,
  type HandedFile,
  layOptions,
  type Refusal,
  sortedOrAbsent,
  type TextMap,
} from "./handed_file.ts";
import { hasAt, listAt, type Manifest, textAt, valueAt } from "./manifest.ts";
import { Origins } from "./origins.ts";
import { quantityText } from "./quantity_text.ts";
import type { Place } from "./yaml_documents.ts";

const PATH = "/etc/fluid/config/runtime.json";
/** Of a CacheRuntime, in Fluid's order. */
export const COMPONENTS = ["master", "worker", "client"] as const;
type Component = typeof COMPONENTS[number];

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
  const enabled = COMPONENTS.filter((component) => !isDisabled(component, runtime));
  for (const component of COMPONENTS.filter((one) => !enabled.includes(one))) {
    origins.add(component, runtime, ["spec", component, "disabled"]);
  }
  const parts = enabled.map((component) => ({
    component,
    ...componentOf(component, runtime, runtimeClass, origins),
  }));
  return {
    runtime: "cache",
    manifest: runtime,
    path: PATH,
    value: {
      ...field("mounts", mountsOf(dataset, origins)),
      accessModes: accessModesOf(dataset),
      targetPath,
      ...Object.fromEntries(parts.map(({ component, value }) => [component, value])),
    },
    components: parts.map(({ component, service }) =>
      handedComponent(component, runtime, runtimeClass, targetPath, service)
    ),
    origins,
    refusals: [
      ...emptySecrets(dataset),
      ...(runtimeClass === undefined ? [] : missingParts(runtime, runtimeClass, enabled)),
    ],
  };
}

/** Whether a CacheRuntime goes without a component. */
export function isDisabled(component: string, runtime: Manifest): boolean {
  return valueAt(runtime.document.value, ["spec", component, "disabled"]) === true;
}

function handedComponent(
  component: Component,
  { name, namespace, document }: Manifest,
  runtimeClass: Manifest | undefined,
  targetPath: string,
  service: string,
): HandedComponent {
  const template = ["topology", component, "template", "spec", "containers", 0, "env"];
  const { env, unknown } = containerEnv({
    FLUID_DATASET_NAME: name,
    FLUID_DATASET_NAMESPACE: namespace,
    FLUID_RUNTIME_CONFIG_PATH: PATH,
    FLUID_RUNTIME_MOUNT_PATH: targetPath,
    FLUID_RUNTIME_COMPONENT_TYPE: component,
    FLUID_RUNTIME_COMPONENT_SVC_NAME: service,
  }, [
    ...listAt(runtimeClass?.document.value, template),
    ...listAt(document.value, ["spec", component, "env"]),
  ]);
  const hostname = component === "client" ? `${name}-client-x7k2p` : `${name}-${component}-0`;
  return { name: component, env: { HOSTNAME: hostname, ...env }, unknown };
}

function mountsOf(dataset: Manifest, origins: Origins): Record<string, unknown>[] {
  return datasetMounts(dataset, origins, "encryptOptions").map((mount) => ({
    mountPoint: mount.mountPoint,
    ...sortedOrAbsent("options", mount.options),
    ...sortedOrAbsent("encryptOptions", mount.secrets),
    ...field("name", mount.name),
    path: mount.path.startsWith("/") ? mount.path : `/${mount.name.replace(/^\/+/, "")}`,
    ...field("readOnly", mount.readOnly),
    ...field("shared", mount.shared),
  }));
}

function componentOf(
  component: Component,
  runtime: Manifest,
  runtimeClass: Manifest | undefined,
  origins: Origins,
): { value: Record<string, unknown>; service: string } {
  const { name, document: { value: spec } } = runtime;
  const options: TextMap = new Map();
  const at = `${component}.options`;
  layOptions(options, at, runtimeClass, ["topology", component, "options"], origins);
  layOptions(options, at, runtime, ["spec", "options"], origins);
  layOptions(options, at, runtime, ["spec", component, "options"], origins);
  origins.add(component, runtime, ["spec", component]);
  origins.add(`${component}.replicas`, runtime, ["spec", component, "replicas"]);
  // A class that is not at hand is taken to have what the servers cannot do without.
  const headless = runtimeClass === undefined
    ? component !== "client"
    : hasAt(runtimeClass.document.value, ["topology", component, "service", "headless"]);
  const service = headless ? headlessService(name, component) : "";
  // A 0 becomes 1 before Fluid reads it: Go leaves it out and the CRD's default comes in its place.
  const replicas = valueAt(spec, ["spec", component, "replicas"]) || 1;
  const value = {
    enabled: true,
    name: `${name}-${component}`,
    ...sortedOrAbsent("options", options),
    ...(component === "client" ? {} : { replicas }),
    service: { name: service },
    ...(component === "master"
      ? {}
      : field("tieredStoreLevels", levelsOf(component, runtime, origins))),
  };
  return { value, service };
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
    const has = (kind: string): boolean => hasAt(level, [kind]);
    const quota = (of: Place, position: number): string => {
      origins.add(`${at}.quotas[${position}]`, runtime, [...place, ...of]);
      const text = textAt(level, of) ?? "0";
      return quantityText(text)?.text ?? text;
    };
    const common = {
      ...field("high", textAt(level, ["high"])),
      ...field("low", textAt(level, ["low"])),
    };
    // Of several sources in a level Fluid takes the first in this order.
    if (has("processMemory")) {
      const quotas = [quota(["processMemory", "quota"], 0)];
      return { mountPaths: ["/dev/shm"], mediumType: "MEM", quotas, ...common };
    }
    if (has("hostPath")) {
      const paths = listAt(level, ["hostPath", "paths"]);
      const quotas = listAt(level, ["hostPath", "quotas"]);
      return {
        ...field("mountPaths", paths.map((_, position) => `${mounts}-${position}-hostpath`)),
        mediumType: "HDD",
        ...field("quotas", quotas.map((_, one) => quota(["hostPath", "quotas", one], one))),
        ...common,
      };
    }
    if (has("emptyDir")) {
      const memory = textAt(level, ["emptyDir", "medium"]) === "Memory";
      return {
        mountPaths: [`${mounts}-0-emptydir`],
        mediumType: memory ? "MEM" : "HDD",
        quotas: [quota(["emptyDir", "quota"], 0)],
        ...common,
      };
    }
    return { mediumType: "HDD", ...common };
  });
}

/** Fluid gives up on a secret without a name or a key. */
function emptySecrets(dataset: Manifest): Refusal[] {
  const { value } = dataset.document;
  const mounts = listAt(value, ["spec", "mounts"]);
  const lists: Place[] = [
    // Shared ones are read once for each mount, so not at all without one.
    ...(mounts.length > 0 ? [["spec", "sharedEncryptOptions"]] : []),
    ...mounts.map((_, one) => ["spec", "mounts", one, "encryptOptions"]),
  ];
  return lists.flatMap((list) =>
    listAt(value, list).flatMap((entry, index): Refusal[] => {
      const absent = ["name", "key"].filter((part) =>
        !textAt(entry, ["valueFrom", "secretKeyRef", part])
      );
      if (absent.length === 0) return [];
      const name = JSON.stringify(textAt(entry, ["name"]) ?? "");
      return [{
        manifest: dataset,
        place: [...list, index],
        message: `names no ${absent.join(" and no ")} for ${name}: Fluid writes no runtime config`,
        hint: "set valueFrom.secretKeyRef.name and valueFrom.secretKeyRef.key",
      }];
    })
  );
}

/** Fluid's controller reads what a class has of each component that is not disabled. */
function missingParts(
  runtime: Manifest,
  runtimeClass: Manifest,
  enabled: readonly Component[],
): Refusal[] {
  const topology = valueAt(runtimeClass.document.value, ["topology"]);
  const has = (component: string): boolean => hasAt(topology, [component]);
  if (!COMPONENTS.some(has)) {
    return [{
      manifest: runtimeClass,
      place: ["topology"],
      message: "has no component: Fluid starts nothing, and its controller may panic",
      hint: "set topology.master, topology.worker and topology.client",
    }];
  }
  return enabled.filter((component) => !has(component)).map((component): Refusal => ({
    manifest: runtimeClass,
    place: ["topology"],
    message: `has no ${component}, and the CacheRuntime "${runtime.name}" does not disable it: ` +
      "Fluid's controller panics",
    hint:
      `add topology.${component}, or set spec.${component}.disabled to true in the CacheRuntime`,
  }));
}
