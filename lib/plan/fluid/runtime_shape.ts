import type { RuntimeFile } from "./runtime_schema.ts";

/**
 * Whether a file certainly has the schema's shape. The schema is the authority, but loading it
 * costs more than all the rest of a start; what this short check is sure of, the schema accepts
 * (a property test holds the two together), and everything else is the schema's to judge.
 */
export function certainlyRuntimeFile(value: unknown): value is RuntimeFile {
  return file(value);
}

type Check = (value: unknown) => boolean;

function text(value: unknown): boolean {
  return typeof value === "string";
}

function flag(value: unknown): boolean {
  return typeof value === "boolean";
}

function count(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 10_000;
}

function maybe(value: unknown, check: Check): boolean {
  return value === undefined || value === null || check(value);
}

function list(value: unknown, check: Check): boolean {
  return Array.isArray(value) && value.every(check);
}

function texts(value: unknown): boolean {
  return list(value, text);
}

function table(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textTable(value: unknown): boolean {
  return table(value) && Object.values(value).every(text);
}

function mount(value: unknown): boolean {
  return table(value) && text(value["mountPoint"]) && maybe(value["options"], textTable) &&
    maybe(value["encryptOptions"], textTable) && maybe(value["name"], text) &&
    maybe(value["path"], text) && maybe(value["readOnly"], flag);
}

function level(value: unknown): boolean {
  return table(value) && maybe(value["mountPaths"], texts) && maybe(value["mediumType"], text) &&
    maybe(value["quotas"], texts);
}

function service(value: unknown): boolean {
  return table(value) && maybe(value["name"], text);
}

/** The current shape only: the older one's fields are the schema's to read. */
function component(value: unknown): boolean {
  return table(value) && maybe(value["enabled"], flag) && maybe(value["name"], text) &&
    maybe(value["options"], textTable) && maybe(value["replicas"], count) &&
    maybe(value["service"], service) &&
    maybe(value["tieredStoreLevels"], (levels) => list(levels, level)) &&
    value["tieredStore"] === undefined && value["podConfigs"] === undefined &&
    value["targetPath"] === undefined;
}

function file(value: unknown): boolean {
  return table(value) && maybe(value["mounts"], (mounts) => list(mounts, mount)) &&
    maybe(value["accessModes"], texts) && maybe(value["targetPath"], text) &&
    value["namespace"] === undefined && value["datasetNamespace"] === undefined &&
    value["runtimeNamespace"] === undefined && value["topology"] === undefined &&
    maybe(value["master"], component) && maybe(value["worker"], component) &&
    maybe(value["client"], component) && maybe(value["runtimeOptions"], textTable);
}
