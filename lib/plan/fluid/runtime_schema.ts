import * as z from "zod/mini";

/**
 * The shape of Fluid's runtime config files: CacheRuntime's and ThinRuntime's, the current and the
 * older `topology.<component>.podConfigs[]` one. Unknown fields are let through, for a newer Fluid
 * may write more; `null` counts as absent, for Go writes an empty list so.
 *
 * Source: Fluid, The runtime config file; ThinRuntime.
 */

const text = z.string();
const texts = z.nullish(z.array(text));

/** Fluid writes text only; people who write the file by hand also write `8995` and `true`. */
const optionValue = z.union([text, z.number(), z.boolean(), z.array(text)]);
const options = z.nullish(z.record(text, optionValue));

/** A map from name to file path, or Kubernetes' list form. */
const encryptOptions = z.nullish(z.union([
  z.record(text, text),
  z.array(z.object({
    name: text,
    valueFrom: z.object({ secretKeyRef: z.object({ name: text, key: text }) }),
  })),
]));

const mount = z.object({
  mountPoint: text,
  options,
  encryptOptions,
  name: z.nullish(text),
  path: z.nullish(text),
  readOnly: z.nullish(z.boolean()),
});

const level = z.object({
  mountPaths: texts,
  mediumType: z.nullish(text),
  quotas: texts,
});

const legacyStore = z.object({
  path: z.nullish(text),
  cacheDir: z.nullish(text),
  quota: z.nullish(text),
  medium: z.nullish(z.object({
    emptyDir: z.nullish(z.object({ medium: z.nullish(text) })),
  })),
});

const component = z.nullish(z.object({
  enabled: z.nullish(z.boolean()),
  name: z.nullish(text),
  options,
  replicas: z.nullish(z.int().check(z.minimum(0), z.maximum(10_000))),
  service: z.nullish(z.object({ name: z.nullish(text) })),
  tieredStoreLevels: z.nullish(z.array(level)),
  tieredStore: z.nullish(z.array(legacyStore)),
  podConfigs: z.nullish(z.array(z.object({ podName: text }))),
  targetPath: z.nullish(text),
}));

const components = { master: component, worker: component, client: component };

/** The whole file. */
export const runtimeSchema = z.object({
  mounts: z.nullish(z.array(mount)),
  accessModes: texts,
  targetPath: z.nullish(text),
  namespace: z.nullish(text),
  datasetNamespace: z.nullish(text),
  runtimeNamespace: z.nullish(text),
  ...components,
  topology: z.nullish(z.object(components)),
  runtimeOptions: options,
});

/** The file's data as it stands there, checked. */
export type RuntimeFile = z.infer<typeof runtimeSchema>;
/** A component as it stands in the file. */
export type ComponentFile = NonNullable<z.infer<typeof component>>;
/** A mount as it stands in the file. */
export type MountFile = z.infer<typeof mount>;
/** Options as they stand in the file. */
export type OptionsFile = z.infer<typeof options>;
