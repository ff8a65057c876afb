import type { Fields, Shape } from "./shape.ts";

/**
 * The parts of Kubernetes' own that people write in Fluid's manifests: a pod's template, containers,
 * variables, volumes. What is rarely written is not looked into.
 *
 * They are those of Kubernetes 1.29, which Fluid's CRDs hold. Fluid: CRD rules for manifests.
 */

/** Variables of a container. */
export const ENV: Shape = {
  listOf: { fields: { "name!": "text", value: "text", valueFrom: "any" } },
};

/** Where volumes appear in a container. */
export const VOLUME_MOUNTS: Shape = {
  listOf: {
    fields: {
      "name!": "text",
      "mountPath!": "text",
      readOnly: "flag",
      recursiveReadOnly: "text",
      subPath: "text",
      subPathExpr: "text",
      mountPropagation: { choices: ["None", "HostToContainer", "Bidirectional"] },
    },
  },
};

/** What kinds of source a volume may have. */
const SOURCES = [
  "awsElasticBlockStore",
  "azureDisk",
  "azureFile",
  "cephfs",
  "cinder",
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "fc",
  "flexVolume",
  "flocker",
  "gcePersistentDisk",
  "gitRepo",
  "glusterfs",
  "hostPath",
  "iscsi",
  "nfs",
  "persistentVolumeClaim",
  "photonPersistentDisk",
  "portworxVolume",
  "projected",
  "quobyte",
  "rbd",
  "scaleIO",
  "secret",
  "storageos",
  "vsphereVolume",
];

/** Types of a hostPath. */
export const HOST_PATH_TYPES = [
  "",
  "DirectoryOrCreate",
  "Directory",
  "FileOrCreate",
  "File",
  "Socket",
  "CharDevice",
  "BlockDevice",
];

/** A pod's volumes. */
export const VOLUMES: Shape = {
  listOf: {
    fields: {
      ...Object.fromEntries(SOURCES.map((source): [string, Shape] => [source, "any"])),
      "name!": "text",
      hostPath: { fields: { "path!": "text", type: { choices: HOST_PATH_TYPES } } },
      emptyDir: { fields: { medium: "text", sizeLimit: "quantity" } },
      persistentVolumeClaim: { fields: { "claimName!": "text", readOnly: "flag" } },
    },
  },
};

/** What a container asks for and may take. */
export const RESOURCES: Shape = {
  fields: { limits: { mapOf: "quantity" }, requests: { mapOf: "quantity" }, claims: "any" },
};

/** What nodes' taints a pod puts up with. */
export const TOLERATIONS: Shape = {
  listOf: {
    fields: {
      key: "text",
      operator: { choices: ["Exists", "Equal"] },
      value: "text",
      effect: { choices: ["", "NoSchedule", "PreferNoSchedule", "NoExecute"] },
      tolerationSeconds: "any",
    },
  },
};

/** Names of secrets, such as of `imagePullSecrets`. */
export const NAMES: Shape = { listOf: { fields: { name: "text" } } };

/** When an image is pulled. */
export const PULL_POLICY: Shape = { choices: ["", "Always", "IfNotPresent", "Never"] };

/** Labels and annotations that Fluid gives to pods. */
export const POD_METADATA: Shape = { fields: { labels: "map", annotations: "map" } };

/** A container's ports. */
export const PORTS: Shape = {
  listOf: {
    fields: {
      "containerPort!": "count",
      name: "text",
      hostPort: "count",
      hostIP: "text",
      protocol: { choices: ["TCP", "UDP", "SCTP"] },
    },
  },
};

const CONTAINER: Fields = {
  "name!": "text",
  image: "text",
  command: "texts",
  args: "texts",
  workingDir: "text",
  ports: PORTS,
  env: ENV,
  envFrom: "any",
  resources: RESOURCES,
  resizePolicy: "any",
  restartPolicy: { choices: ["Always"] },
  volumeMounts: VOLUME_MOUNTS,
  volumeDevices: "any",
  livenessProbe: "any",
  readinessProbe: "any",
  startupProbe: "any",
  lifecycle: "any",
  terminationMessagePath: "text",
  terminationMessagePolicy: { choices: ["File", "FallbackToLogsOnError"] },
  imagePullPolicy: PULL_POLICY,
  securityContext: "any",
  stdin: "flag",
  stdinOnce: "flag",
  tty: "flag",
};

/** A pod's template, as a class has it for each component. */
export const POD_TEMPLATE: Shape = {
  fields: {
    metadata: "any",
    spec: {
      fields: {
        activeDeadlineSeconds: "any",
        affinity: "any",
        automountServiceAccountToken: "flag",
        "containers!": { listOf: { fields: CONTAINER }, atLeast: 1 },
        dnsConfig: "any",
        dnsPolicy: { choices: ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"] },
        enableServiceLinks: "flag",
        ephemeralContainers: "any",
        hostAliases: "any",
        hostIPC: "flag",
        hostNetwork: "flag",
        hostPID: "flag",
        hostUsers: "flag",
        hostname: "text",
        imagePullSecrets: NAMES,
        initContainers: { listOf: { fields: CONTAINER } },
        nodeName: "text",
        nodeSelector: "map",
        os: "any",
        overhead: "any",
        preemptionPolicy: "text",
        priority: "integer",
        priorityClassName: "text",
        readinessGates: "any",
        resourceClaims: "any",
        restartPolicy: { choices: ["Always", "OnFailure", "Never"] },
        runtimeClassName: "text",
        schedulerName: "text",
        schedulingGates: "any",
        securityContext: "any",
        serviceAccount: "text",
        serviceAccountName: "text",
        setHostnameAsFQDN: "flag",
        shareProcessNamespace: "flag",
        subdomain: "text",
        terminationGracePeriodSeconds: "any",
        tolerations: TOLERATIONS,
        topologySpreadConstraints: "any",
        volumes: VOLUMES,
      },
    },
  },
};
