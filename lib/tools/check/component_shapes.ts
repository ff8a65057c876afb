import type { OptionsOf } from "./option_text_hint.ts";
import {
  ENV,
  HOST_PATH_TYPES,
  NAMES,
  POD_METADATA,
  POD_TEMPLATE,
  PORTS,
  PULL_POLICY,
  RESOURCES,
  TOLERATIONS,
  VOLUME_MOUNTS,
} from "./pod_shapes.ts";
import type { Fields, Shape } from "./shape.ts";

/** Options of a runtime or a mount: text by text. */
export function options(of: OptionsOf): Shape {
  return { options: of };
}

/** Whom files belong to. */
export function user(): Shape {
  return { fields: { "uid!": "any", "gid!": "any", "user!": "text", "group!": "text" } };
}

/** A mount of a Dataset's. */
export function mountFields(): Fields {
  return {
    "mountPoint!": "text",
    name: "text",
    path: "text",
    options: options("mount"),
    encryptOptions: encryptOptions(),
    readOnly: "flag",
    shared: "flag",
  };
}

/** Options whose values are in secrets. */
export function encryptOptions(): Shape {
  const secretKeyRef: Shape = { fields: { "name!": "text", key: "text" } };
  return { listOf: { fields: { "name!": "text", valueFrom: { fields: { secretKeyRef } } } } };
}

/** A component of a CacheRuntime. */
export function componentFields(of: OptionsOf): Fields {
  return {
    args: "texts",
    disabled: "flag",
    env: ENV,
    nodeSelector: "map",
    options: options(of),
    podMetadata: POD_METADATA,
    resources: RESOURCES,
    runtimeVersion: { fields: { image: "text", imageTag: "text", imagePullPolicy: PULL_POLICY } },
    tolerations: TOLERATIONS,
    volumeMounts: VOLUME_MOUNTS,
  };
}

/** Where a component keeps its cache. */
export function tieredStore(): Shape {
  return {
    fields: {
      levels: {
        listOf: {
          fields: {
            processMemory: { fields: { "quota!": "quantity" } },
            emptyDir: { fields: { "quota!": "quantity", medium: "text" } },
            hostPath: {
              fields: {
                "paths!": { listOf: "text", atLeast: 1 },
                "quotas!": { listOf: "quantity", atLeast: 1 },
                type: { choices: HOST_PATH_TYPES },
              },
            },
            high: "text",
            low: "text",
          },
        },
      },
    },
  };
}

/** A component of a CacheRuntimeClass. */
export function classComponent(of: OptionsOf): Shape {
  const entry: Shape = { fields: { "command!": "texts", timeout: "count" } };
  const configMaps: Shape = { listOf: { fields: { "name!": "text", mountPath: "text" } } };
  return {
    fields: {
      dependencies: {
        fields: {
          secretMount: { fields: { enabled: "flag" } },
          extraResources: { fields: { configMaps } },
        },
      },
      executionEntries: { fields: { mountUFS: entry, reportSummary: entry } },
      options: options(of),
      service: { fields: { headless: { fields: {} } } },
      template: POD_TEMPLATE,
    },
  };
}

/** What a container of a ThinRuntime's may have, whichever it is. */
const THIN_CONTAINER: Fields = {
  env: ENV,
  image: "text",
  imagePullPolicy: PULL_POLICY,
  imagePullSecrets: NAMES,
  imageTag: "text",
  livenessProbe: "any",
  networkMode: { choices: ["HostNetwork", "", "ContainerNetwork"] },
  nodeSelector: "map",
  ports: PORTS,
  readinessProbe: "any",
  resources: RESOURCES,
  volumeMounts: VOLUME_MOUNTS,
};

/** The FUSE client of a ThinRuntime and of its profile. */
export const THIN_FUSE: Fields = {
  ...THIN_CONTAINER,
  args: "texts",
  cleanPolicy: { choices: ["OnDemand", "OnRuntimeDeleted", "OnFuseChanged", ""] },
  command: "texts",
  lifecycle: "any",
  options: options("thin"),
  podMetadata: POD_METADATA,
};

/** The workers of a ThinRuntime and of its profile. */
export const THIN_WORKER: Fields = { ...THIN_CONTAINER, enabled: "flag", replicas: "count" };
