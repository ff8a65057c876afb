import type { Fields, Shape } from "./shape.ts";

/**
 * The kinds of Fluid's that concern Curvine, as far as people write them. Parts that Kubernetes
 * itself defines (pod templates, probes, volumes) are not looked into.
 *
 * Source: Fluid, CRD rules for manifests. The CRDs themselves have the rest.
 */
export const KIND_SHAPES: Readonly<Record<string, Shape>> = {
  Dataset: kind({
    spec: {
      fields: {
        accessModes: "texts",
        dataRestoreLocation: "any",
        "mounts!": { listOf: { fields: mountFields() }, atLeast: 1 },
        nodeAffinity: "any",
        owner: "any",
        placement: { choices: ["Exclusive", "", "Shared"] },
        runtimes: "any",
        sharedEncryptOptions: encryptOptions(),
        sharedOptions: "map",
        tolerations: "any",
      },
    },
  }),
  CacheRuntime: kind({
    spec: {
      fields: {
        "runtimeClassName!": "text",
        master: { fields: { ...componentFields(), replicas: "count" } },
        worker: { fields: { ...componentFields(), replicas: "count", tieredStore: tieredStore() } },
        client: {
          fields: {
            ...componentFields(),
            cleanPolicy: { choices: ["OnRuntimeDeleted", "OnDemand"] },
            tieredStore: tieredStore(),
          },
        },
        options: "map",
        imagePullSecrets: "any",
        podMetadata: "any",
        volumes: "any",
      },
    },
  }),
  CacheRuntimeClass: kind({
    "fileSystemType!": "text",
    topology: {
      fields: { master: classComponent(), worker: classComponent(), client: classComponent() },
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
    extraResources: "any",
  }),
  ThinRuntime: kind({
    spec: {
      fields: {
        profileName: "text",
        fuse: { fields: fuseFields() },
        worker: "any",
        replicas: "count",
        tieredstore: "any",
        runAs: "any",
        management: "any",
        volumes: "any",
        imagePullSecrets: "any",
        disablePrometheus: "flag",
      },
    },
  }),
  ThinRuntimeProfile: kind({
    "spec!": {
      fields: {
        "fileSystemType!": "text",
        fuse: { fields: fuseFields() },
        worker: "any",
        volumes: "any",
        imagePullSecrets: "any",
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
        target: { listOf: { fields: { "path!": "text", replicas: "count" } } },
        policy: { choices: ["Once", "Cron", "OnEvent"] },
        schedule: "text",
        loadMetadata: "flag",
        options: "map",
        affinity: "any",
        nodeSelector: "map",
        podMetadata: "any",
        resources: "any",
        runAfter: "any",
        schedulerName: "text",
        tolerations: "any",
        ttlSecondsAfterFinished: "count",
      },
    },
  }),
};

function kind(fields: Fields): Shape {
  return {
    fields: {
      "apiVersion!": { choices: ["data.fluid.io/v1alpha1"] },
      "kind!": "text",
      "metadata!": "any",
      status: "any",
      ...fields,
    },
  };
}

function mountFields(): Fields {
  return {
    "mountPoint!": "text",
    name: "text",
    path: "text",
    options: "map",
    encryptOptions: encryptOptions(),
    readOnly: "flag",
    shared: "flag",
  };
}

function encryptOptions(): Shape {
  const secretKeyRef: Shape = { fields: { "name!": "text", key: "text" } };
  return { listOf: { fields: { "name!": "text", valueFrom: { fields: { secretKeyRef } } } } };
}

function componentFields(): Fields {
  return {
    args: "texts",
    disabled: "flag",
    env: "any",
    nodeSelector: "map",
    options: "map",
    podMetadata: "any",
    resources: "any",
    runtimeVersion: { fields: { image: "text", imageTag: "text", imagePullPolicy: "text" } },
    tolerations: "any",
    volumeMounts: "any",
  };
}

function tieredStore(): Shape {
  return {
    fields: {
      levels: {
        listOf: {
          fields: {
            processMemory: { fields: { "quota!": "quantity" } },
            emptyDir: { fields: { "quota!": "quantity", medium: "text" } },
            hostPath: { fields: { "paths!": "texts", "quotas!": "quantities", type: "text" } },
            high: "text",
            low: "text",
          },
        },
      },
    },
  };
}

function classComponent(): Shape {
  const entry: Shape = { fields: { "command!": "texts", timeout: "count" } };
  return {
    fields: {
      dependencies: {
        fields: { secretMount: { fields: { enabled: "flag" } }, extraResources: "any" },
      },
      executionEntries: { fields: { mountUFS: entry, reportSummary: entry } },
      options: "map",
      service: "any",
      template: "any",
    },
  };
}

function fuseFields(): Fields {
  return {
    args: "texts",
    cleanPolicy: "text",
    command: "texts",
    env: "any",
    image: "text",
    imagePullPolicy: "text",
    imagePullSecrets: "any",
    imageTag: "text",
    lifecycle: "any",
    livenessProbe: "any",
    networkMode: { choices: ["HostNetwork", "", "ContainerNetwork"] },
    nodeSelector: "map",
    options: "map",
    podMetadata: "any",
    ports: "any",
    readinessProbe: "any",
    resources: "any",
    volumeMounts: "any",
  };
}
