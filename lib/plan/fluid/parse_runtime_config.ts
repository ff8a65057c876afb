import { ConfigError, type Problem } from "../config_error.ts";
import { quoteValue, SECRETS_FOLDER } from "./redact.ts";
import type { CacheDirectory, ComponentConfig, Mount, RuntimeConfig } from "./runtime_config.ts";
import type { ComponentFile, MountFile, OptionsFile, RuntimeFile } from "./runtime_schema.ts";
import { certainlyRuntimeFile } from "./runtime_shape.ts";

/**
 * Turns the JSON object of a runtime config file into typed data.
 *
 * @param subject how errors name the file
 * @throws {ConfigError} with every field that has a wrong type
 */
export async function parseRuntimeConfig(
  value: Readonly<Record<string, unknown>>,
  subject: string,
): Promise<RuntimeConfig> {
  const file = certainlyRuntimeFile(value) ? value : await bySchema(value, subject);
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

async function bySchema(
  value: Readonly<Record<string, unknown>>,
  subject: string,
): Promise<RuntimeFile> {
  const { runtimeSchema } = await import("./runtime_schema.ts");
  const parsed = runtimeSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ConfigError(subject, parsed.error.issues.map((issue) => toProblem(issue, value)));
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

/** What the schema says of one fault. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: unknown;
}

/** A schema's fault in the words of a person, the value shown where it is no secret. */
export function toProblem(issue: Issue, root: unknown): Problem {
  const path = issue.path.reduce<string>(
    (at, key) =>
      typeof key === "number" ? `${at}[${key}]` : at === "" ? String(key) : `${at}.${String(key)}`,
    "",
  );
  let found: unknown = root;
  for (const key of issue.path) found = (found as Record<PropertyKey, unknown> | undefined)?.[key];
  const wanted = wantedBy(issue);
  const name = String(issue.path.at(-1) ?? "");
  const shown = typeof found === "string" && !isHarmless(name, found)
    ? "text"
    : quoteFound(name, found);
  const message = found === undefined
    ? `is missing; ${wanted} is wanted`
    : `is ${shown}; ${wanted} is wanted`;
  return { path, message };
}

/**
 * Whether text may be shown that stands where something else is wanted. It may be a whole object
 * that was encoded once too often, with secrets in it.
 */
function isHarmless(name: string, text: string): boolean {
  return !/options$/i.test(name) && /^[\w .:/-]{0,60}$/.test(text);
}

function quoteFound(name: string, found: unknown): string {
  if (Array.isArray(found)) return "an array";
  if (typeof found === "object") return found === null ? "null" : "an object";
  return quoteValue(name, found);
}

function wantedBy({ code, expected, path }: Issue): string {
  if (code === "too_small" || code === "too_big") return "a number from 0 to 10000";
  if (code === "invalid_union") {
    return path.at(-1) === "encryptOptions"
      ? "a map from option to file, or a list of {name, valueFrom.secretKeyRef}"
      : "text";
  }
  switch (expected) {
    case "string":
      return "text";
    case "array":
      return "an array";
    case "object":
    case "record":
      return "an object";
    case "boolean":
      return "true or false";
    default:
      return "a whole number";
  }
}
