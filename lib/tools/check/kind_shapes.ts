import {
  classComponent,
  componentFields,
  encryptOptions,
  mountFields,
  options,
  THIN_FUSE,
  THIN_WORKER,
  tieredStore,
  user,
} from "./component_shapes.ts";
import { NAMES, POD_METADATA, RESOURCES, TOLERATIONS, VOLUMES } from "./pod_shapes.ts";
import type { Fields, Shape } from "./shape.ts";

/** The group and version of all of Fluid's kinds. */
export const FLUID_API = "data.fluid.io/v1alpha1";

const ACCESS_MODES = ["ReadOnlyMany", "ReadWriteOnce", "ReadWriteMany", "ReadWriteOncePod"];

/** Metadata that nobody writes, but `kubectl get -o yaml` shows. */
const OF_THE_CLUSTER = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "finalizers",
  "generateName",
  "generation",
  "managedFields",
  "ownerReferences",
  "resourceVersion",
  "selfLink",
  "uid",
];

/**
 * The kinds of Fluid's that concern Curvine, as far as people write them.
 *
 * Source: Fluid, CRD rules for manifests. The CRDs themselves have the rest.
 */
export const KIND_SHAPES: Readonly<Record<string, Shape>> = {
  Dataset: kind({
    spec: {
      fields: {
        // The CRD takes any text; the volume that Fluid makes of it does not.
        accessModes: { listOf: { choices: ACCESS_MODES } },
        dataRestoreLocation: { fields: { path: "text", nodeName: "text" } },
        mounts: { listOf: { fields: mountFields() }, atLeast: 1 },
        nodeAffinity: "any",
        owner: user(),
        placement: { choices: ["Exclusive", "", "Shared"] },
        runtimes: "any",
        sharedEncryptOptions: encryptOptions(),
        sharedOptions: options("mount"),
        tolerations: TOLERATIONS,
      },
    },
  }),
  CacheRuntime: kind({
    "spec!": {
      fields: {
        "runtimeClassName!": "text",
        master: { fields: { ...componentFields("master"), replicas: "count" } },
        worker: {
          fields: { ...componentFields("worker"), replicas: "count", tieredStore: tieredStore() },
        },
        client: {
          fields: {
            ...componentFields("client"),
            cleanPolicy: { choices: ["OnRuntimeDeleted", "OnDemand"] },
            tieredStore: tieredStore(),
          },
        },
        options: options("all"),
        imagePullSecrets: NAMES,
        podMetadata: POD_METADATA,
        volumes: VOLUMES,
      },
    },
  }),
  CacheRuntimeClass: kind({
    "fileSystemType!": "text",
    topology: {
      fields: {
        master: classComponent("master"),
        worker: classComponent("worker"),
        client: classComponent("client"),
      },
    },
    dataOperationSpecs: {
      listOf: {
        fields: {
          "name!": { choices: ["DataLoad", "DataBackup", "DataMigrate", "DataProcess"] },
          image: "text",
          command: "texts",
          args: "texts",
        },
      },
    },
    extraResources: {
      fields: { configMaps: { listOf: { fields: { "name!": "text", data: "map" } } } },
    },
  }),
  ThinRuntime: kind({
    spec: {
      fields: {
        profileName: "text",
        fuse: { fields: THIN_FUSE },
        worker: { fields: THIN_WORKER },
        replicas: "integer",
        tieredstore: "any",
        runAs: user(),
        management: "any",
        volumes: VOLUMES,
        imagePullSecrets: NAMES,
        disablePrometheus: "flag",
      },
    },
  }),
  ThinRuntimeProfile: kind({
    "spec!": {
      fields: {
        "fileSystemType!": "text",
        fuse: { fields: THIN_FUSE },
        worker: { fields: THIN_WORKER },
        volumes: VOLUMES,
        imagePullSecrets: NAMES,
        nodePublishSecretPolicy: {
          choices: [
            "NotMountNodePublishSecret",
            "MountNodePublishSecretIfExists",
            "CopyNodePublishSecretAndMountIfNotExists",
          ],
        },
      },
    },
  }),
  DataLoad: kind({
    "spec!": {
      fields: {
        "dataset!": { fields: { "name!": "text", namespace: "text" } },
        target: { listOf: { fields: { "path!": "text", replicas: "integer" } } },
        policy: { choices: ["Once", "Cron", "OnEvent"] },
        schedule: "text",
        loadMetadata: "flag",
        options: "map",
        affinity: "any",
        nodeSelector: "map",
        podMetadata: POD_METADATA,
        resources: RESOURCES,
        runAfter: "any",
        schedulerName: "text",
        tolerations: TOLERATIONS,
        ttlSecondsAfterFinished: "integer",
      },
    },
  }),
};

/** Kinds of Fluid's that are none of ours: a misspelt one of ours is told from them. */
export const OTHER_KINDS: readonly string[] = [
  "AlluxioRuntime",
  "DataBackup",
  "DataMigrate",
  "DataProcess",
  "EFCRuntime",
  "GooseFSRuntime",
  "JindoRuntime",
  "JuiceFSRuntime",
  "VineyardRuntime",
];

function kind(fields: Fields): Shape {
  return {
    fields: {
      "apiVersion!": { choices: [FLUID_API] },
      "kind!": "text",
      "metadata!": {
        fields: {
          ...Object.fromEntries(OF_THE_CLUSTER.map((name): [string, Shape] => [name, "any"])),
          name: "text",
          namespace: "text",
          labels: "map",
          annotations: "map",
        },
      },
      status: "any",
      ...fields,
    },
  };
}
