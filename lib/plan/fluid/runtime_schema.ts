import * as z from "zod/mini";

/**
 * The shape of Fluid's runtime config files: CacheRuntime's and ThinRuntime's, the current and the
 * older `topology.<component>.podConfigs[]` one. It is the only description of them: types, the
 * JSON Schema and the warnings about unknown fields come from it. `null` counts as absent, for Go
 * writes an empty list so. Nothing is converted here: what it accepts is the data.
 *
 * Source: Fluid, The runtime config file; ThinRuntime.
 */

/** No file, argument or variable can hold a NUL, and nobody means one. */
const text = z.string().check(z.regex(/^[^\0]*$/));
// What stands in several places is made once, and what few files have only when one has it (`lazy`):
// every start makes the rest.
const maybeText = z.nullish(text);
const maybeFlag = z.nullish(z.boolean());
const texts = z.nullish(z.array(text));

/** Fluid writes text only; people who write the file by hand also write `8995` and `true`. */
const optionValue = z.union([text, z.number(), z.boolean(), z.array(text)]);
const options = z.nullish(z.record(text, optionValue));

/** A map from name to file path, or Kubernetes' list form. */
const encryptOptions = z.nullish(z.lazy(() =>
  z.union([
    z.record(text, text),
    z.array(z.object({
      name: text,
      valueFrom: z.object({ secretKeyRef: z.object({ name: text, key: text }) }),
    })),
  ])
));

/** What Fluid writes and we have no use for. */
const unused = z.optional(z.unknown());

const mount = z.strictObject({
  mountPoint: text,
  options,
  encryptOptions,
  name: maybeText,
  path: maybeText,
  readOnly: maybeFlag,
  shared: unused,
});

const level = z.strictObject({
  mountPaths: texts,
  mediumType: maybeText,
  quotas: texts,
  high: unused,
  low: unused,
});

/** The older shape has more in these than was ever read: they are not strict. */
const legacyStore = z.lazy(() =>
  z.object({
    path: maybeText,
    cacheDir: maybeText,
    quota: maybeText,
    medium: z.nullish(z.object({
      emptyDir: z.nullish(z.object({ medium: maybeText })),
    })),
  })
);

const component = z.nullish(z.lazy(() =>
  z.strictObject({
    enabled: maybeFlag,
    name: maybeText,
    options,
    replicas: z.nullish(z.int().check(z.minimum(0), z.maximum(10_000))),
    service: z.nullish(z.strictObject({ name: maybeText })),
    tieredStoreLevels: z.nullish(z.array(level)),
    tieredStore: z.nullish(z.array(legacyStore)),
    podConfigs: z.nullish(z.array(z.object({ podName: text }))),
    targetPath: maybeText,
  })
));

const components = { master: component, worker: component, client: component };

/** The whole file. */
export const runtimeSchema = z.strictObject({
  mounts: z.nullish(z.array(mount)),
  accessModes: texts,
  targetPath: maybeText,
  namespace: maybeText,
  datasetNamespace: maybeText,
  runtimeNamespace: maybeText,
  ...components,
  topology: z.nullish(z.lazy(() => z.strictObject(components))),
  runtimeOptions: options,
  persistentVolumeAttrs: unused,
  persistentVolumeMountOptions: unused,
});

/** The file's data as it stands there, checked. */
export type RuntimeFile = z.infer<typeof runtimeSchema>;
/** A component as it stands in the file. */
export type ComponentFile = NonNullable<z.infer<typeof component>>;
/** A mount as it stands in the file. */
export type MountFile = z.infer<typeof mount>;
/** Options as they stand in the file. */
export type OptionsFile = z.infer<typeof options>;
