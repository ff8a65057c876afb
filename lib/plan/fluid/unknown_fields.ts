import { nearestName } from "../../text/nearest_name.ts";

/** A field that Fluid does not know. */
export interface UnknownField {
  /** Such as `mounts[0].mountpoint`. */
  readonly path: string;
  /** The field that was most likely meant. */
  readonly near: string | undefined;
}

/** What may stand at a place: fields, a list of such, or anything. */
type Shape = "any" | readonly [Shape] | { readonly [field: string]: Shape };

const MOUNT: Shape = {
  mountPoint: "any",
  options: "any",
  encryptOptions: "any",
  name: "any",
  path: "any",
  readOnly: "any",
  shared: "any",
};

const COMPONENT: Shape = {
  enabled: "any",
  name: "any",
  options: "any",
  replicas: "any",
  service: { name: "any" },
  tieredStoreLevels: [{
    mountPaths: "any",
    mediumType: "any",
    quotas: "any",
    high: "any",
    low: "any",
  }],
  tieredStore: "any",
  podConfigs: "any",
  targetPath: "any",
};

/** Fluid: The runtime config file; ThinRuntime; and the older `topology` shape. */
const FILE: Shape = {
  mounts: [MOUNT],
  accessModes: "any",
  targetPath: "any",
  namespace: "any",
  datasetNamespace: "any",
  runtimeNamespace: "any",
  master: COMPONENT,
  worker: COMPONENT,
  client: COMPONENT,
  topology: { master: COMPONENT, worker: COMPONENT, client: COMPONENT },
  runtimeOptions: "any",
  persistentVolumeAttrs: "any",
  persistentVolumeMountOptions: "any",
};

/**
 * Finds fields that Fluid does not write. They are no error, for a newer Fluid may write more, but
 * in a file written by hand they are most likely misspelt.
 */
export function unknownFields(file: unknown): UnknownField[] {
  return walk(file, FILE, "");
}

function walk(value: unknown, shape: Shape, path: string): UnknownField[] {
  if (shape === "any" || typeof value !== "object" || value === null) return [];
  if (Array.isArray(shape)) {
    const items = Array.isArray(value) ? value : [];
    return items.flatMap((item, index) => walk(item, shape[0], `${path}[${index}]`));
  }
  const fields = shape as Readonly<Record<string, Shape>>;
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (known === undefined) return [{ path: at, near: nearestName(name, Object.keys(fields)) }];
    return walk(inner, known, at);
  });
}
