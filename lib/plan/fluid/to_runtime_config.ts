import { SECRETS_FOLDER } from "../secrets.ts";
import type { CacheDirectory, ComponentConfig, Mount, RuntimeConfig } from "./runtime_config.ts";
import type { ComponentFile, MountFile, OptionsFile, RuntimeFile } from "./runtime_schema.ts";

/** Brings a checked file, in the current or the older shape, to the one form that we work with. */
export function toRuntimeConfig(file: RuntimeFile): RuntimeConfig {
  const master = component(file, "master");
  const worker = component(file, "worker");
  const client = component(file, "client");
  return {
    mounts: (file.mounts ?? []).map(toMount),
    accessModes: file.accessModes ?? [],
    targetPath: nonEmpty(file.targetPath) ?? nonEmpty(file.client?.targetPath) ??
      nonEmpty(file.topology?.client?.targetPath),
    namespace: nonEmpty(file.namespace) ?? nonEmpty(file.datasetNamespace) ??
      nonEmpty(file.runtimeNamespace),
    master,
    worker,
    client,
    runtimeOptions: toOptions(file.runtimeOptions),
  };
}

function component(
  file: RuntimeFile,
  name: "master" | "worker" | "client",
): ComponentConfig | undefined {
  const current = file[name] ?? undefined;
  const legacy = file.topology?.[name] ?? undefined;
  if ((current === undefined && legacy === undefined) || current?.enabled === false) {
    return undefined;
  }
  const pods = current?.podConfigs ?? legacy?.podConfigs;
  return {
    optionsAt: current === undefined ? `topology.${name}.options` : `${name}.options`,
    name: nonEmpty(current?.name) ?? nonEmpty(legacy?.name),
    service: nonEmpty(current?.service?.name) ?? legacy?.service?.name ?? "",
    replicas: current?.replicas ?? legacy?.replicas ?? undefined,
    pods: pods?.map((pod) => pod.podName),
    options: Object.assign(toOptions(legacy?.options), toOptions(current?.options)),
    cacheDirectories: [
      ...cacheDirectories(current, name),
      ...cacheDirectories(legacy, `topology.${name}`),
    ],
  };
}

function cacheDirectories(from: ComponentFile | undefined, at: string): CacheDirectory[] {
  const levels = (from?.tieredStoreLevels ?? []).flatMap((level, index) =>
    (level.mountPaths ?? []).map((path, position) => ({
      at: `${at}.tieredStoreLevels[${index}].quotas[${position}]`,
      path,
      medium: nonEmpty(level.mediumType) ?? "HDD",
      quota: nonEmpty(level.quotas?.[position]),
    }))
  );
  // The older shape knows memory by the volume's medium, everything else counted as SSD.
  const legacy = (from?.tieredStore ?? []).map((store, index) => ({
    at: `${at}.tieredStore[${index}].quota`,
    path: nonEmpty(store.path) ?? nonEmpty(store.cacheDir) ?? "/cache-data",
    medium: store.medium?.emptyDir?.medium === "Memory" ? "MEM" : "SSD",
    quota: nonEmpty(store.quota),
  }));
  return [...levels, ...legacy];
}

function toMount(mount: MountFile): Mount {
  return {
    mountPoint: mount.mountPoint,
    options: toOptions(mount.options),
    encryptOptions: toSecretFiles(mount.encryptOptions),
    name: nonEmpty(mount.name),
    path: nonEmpty(mount.path),
    readOnly: mount.readOnly ?? false,
  };
}

function toSecretFiles(from: MountFile["encryptOptions"]): Record<string, string> {
  const files: Record<string, string> = Object.create(null);
  if (!Array.isArray(from)) return Object.assign(files, from ?? {});
  for (const { name, valueFrom: { secretKeyRef: secret } } of from) {
    files[name] = `${SECRETS_FOLDER}${secret.name}/${secret.key}`;
  }
  return files;
}

function toOptions(from: OptionsFile): Record<string, string> {
  const options: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(from ?? {})) {
    options[name] = Array.isArray(value) ? value.join(",") : String(value);
  }
  return options;
}

function nonEmpty(text: string | null | undefined): string | undefined {
  return text === null || text === "" ? undefined : text;
}
