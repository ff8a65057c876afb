import { nameOf, type YamlObject } from "./kustomize.ts";
import { at } from "./subset_rules.ts";

const NAMESPACE = "demo";

/** The environment and the file that Fluid gives a container, made out of manifests. */
export interface Handed {
  readonly env: Readonly<Record<string, string>>;
  readonly path: string;
  readonly text: string;
  readonly secrets: readonly string[];
}

/**
 * The runtime config that Fluid makes of a Dataset and a CacheRuntime, as far as generating reads it.
 *
 * Source: Fluid, The runtime config file.
 */
export function cacheRuntimeConfig(
  dataset: YamlObject,
  runtime: YamlObject,
  component: "master" | "worker" | "client",
): Handed {
  const name = nameOf(runtime);
  const secrets: string[] = [];
  const mounts = (at(dataset, "spec.mounts") as YamlObject[]).map((mount) => ({
    mountPoint: mount["mountPoint"],
    ...(mount["options"] === undefined ? {} : { options: mount["options"] }),
    encryptOptions: Object.fromEntries(
      ((mount["encryptOptions"] ?? []) as YamlObject[]).map((option) => {
        const { name, key } = at(option, "valueFrom.secretKeyRef") as Record<string, string>;
        const file = `/etc/fluid/secrets/${name}/${key}`;
        secrets.push(file);
        return [option["name"], file];
      }),
    ),
    name: mount["name"],
    path: mount["path"] ?? `/${mount["name"]}`,
  }));
  const part = (type: string): YamlObject => ({
    enabled: true,
    name: `${name}-${type}`,
    ...(at(runtime, `spec.${type}.options`) === undefined
      ? {}
      : { options: at(runtime, `spec.${type}.options`) }),
    ...(type === "client" ? {} : { replicas: at(runtime, `spec.${type}.replicas`) ?? 1 }),
    service: { name: type === "client" ? "" : `svc-${name}-${type}` },
  });
  const levels = (at(runtime, "spec.worker.tieredStore.levels") as YamlObject[]).map((level, l) => {
    const common = { high: level["high"], low: level["low"] };
    const root = `/etc/fluid/mount/tiered-store/level-${l}-index`;
    if (level["processMemory"] !== undefined) {
      const quotas = [at(level, "processMemory.quota")];
      return { mountPaths: ["/dev/shm"], mediumType: "MEM", quotas, ...common };
    }
    if (level["emptyDir"] !== undefined) {
      const quotas = [at(level, "emptyDir.quota")];
      return { mountPaths: [`${root}-0-emptydir`], mediumType: "HDD", quotas, ...common };
    }
    const quotas = at(level, "hostPath.quotas") as string[];
    const mountPaths = quotas.map((_, index) => `${root}-${index}-hostpath`);
    return { mountPaths, mediumType: "HDD", quotas, ...common };
  });
  const target = `/runtime-mnt/cache/${NAMESPACE}/${name}/cache-fuse`;
  const path = "/etc/fluid/config/runtime.json";
  return {
    env: {
      FLUID_DATASET_NAME: name,
      FLUID_DATASET_NAMESPACE: NAMESPACE,
      FLUID_RUNTIME_CONFIG_PATH: path,
      FLUID_RUNTIME_MOUNT_PATH: target,
      FLUID_RUNTIME_COMPONENT_TYPE: component,
      FLUID_RUNTIME_COMPONENT_SVC_NAME: component === "client" ? "" : `svc-${name}-${component}`,
      HOSTNAME: component === "client" ? `${name}-client-x7k2p` : `${name}-${component}-0`,
    },
    path,
    secrets,
    text: JSON.stringify({
      mounts,
      accessModes: at(dataset, "spec.accessModes") ?? ["ReadOnlyMany"],
      targetPath: target,
      master: part("master"),
      worker: { ...part("worker"), tieredStoreLevels: levels },
      client: part("client"),
    }),
  };
}

/** The same for a Dataset and a ThinRuntime. Source: Fluid, ThinRuntime. */
export function thinRuntimeConfig(dataset: YamlObject, runtime: YamlObject): Handed {
  const name = nameOf(runtime);
  const path = "/etc/fluid/config/config.json";
  return {
    env: {
      FLUID_RUNTIME_TYPE: "thin",
      FLUID_RUNTIME_NS: NAMESPACE,
      FLUID_RUNTIME_NAME: name,
      HOSTNAME: `${name}-fuse-8w2cz`,
    },
    path,
    secrets: [],
    text: JSON.stringify({
      mounts: at(dataset, "spec.mounts"),
      targetPath: `/runtime-mnt/thin/${NAMESPACE}/${name}/thin-fuse`,
      ...(at(runtime, "spec.fuse.options") === undefined
        ? {}
        : { runtimeOptions: at(runtime, "spec.fuse.options") }),
      accessModes: at(dataset, "spec.accessModes") ?? ["ReadOnlyMany"],
    }),
  };
}
