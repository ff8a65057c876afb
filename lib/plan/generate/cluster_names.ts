import type { ComponentConfig, RuntimeConfig } from "../fluid/runtime_config.ts";
import { strictText } from "../../text/strict_text.ts";
import type { Inputs } from "../inputs.ts";
import { ownOption } from "./option_aliases.ts";

/** Where a pod's service account puts its namespace. */
const NAMESPACE_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

/**
 * The dataset's namespace, by one rule for everything that needs it.
 *
 * @param targetPath `<root>/cache/<namespace>/<name>/…` or `<root>/thin/…`
 */
export function namespaceOf(
  inputs: Pick<Inputs, "env" | "readFile">,
  config: RuntimeConfig | undefined,
  targetPath: string | undefined,
): string {
  const { env } = inputs;
  return env["FLUID_DATASET_NAMESPACE"] || env["CURVINE_DATASET_NAMESPACE"] ||
    env["POD_NAMESPACE"] || config?.namespace ||
    /\/(?:cache|thin)\/([^/]+)\/[^/]+\//.exec(targetPath ?? "")?.[1] ||
    serviceAccountNamespace(inputs) || "default";
}

function serviceAccountNamespace({ readFile }: Pick<Inputs, "readFile">): string {
  try {
    return strictText(readFile(NAMESPACE_FILE) ?? "").trim();
  } catch {
    return "";
  }
}

/** Curvine's cluster id, by one rule: the dataset's name, then what a mount's options say. */
export function clusterIdOf(
  env: Readonly<Record<string, string>>,
  config: RuntimeConfig | undefined,
): string {
  const options = [...(config?.mounts ?? []).map((mount) => mount.options), config?.runtimeOptions];
  const ofOptions = options.map((one) => ownOption(one ?? {}, "cluster_id")?.text).find(Boolean);
  return env["FLUID_DATASET_NAME"] || env["CURVINE_DATASET_NAME"] || ofOptions || "curvine";
}

/**
 * The headless service of a runtime's component.
 *
 * Source: Fluid, Environment, volumes, names.
 */
export function headlessService(runtime: string, component: string): string {
  return `${SERVICE_PREFIX}${runtime}-${component}`;
}

const SERVICE_PREFIX = "svc-";

/** A pod's DNS name: through its headless service, or bare where there is none. */
export function podDnsName(
  pod: string,
  service: string,
  namespace: string,
  env: Readonly<Record<string, string>>,
): string {
  if (service === "") return pod;
  return `${shortDnsName(pod, service, namespace)}.${env["POD_CLUSTER_DOMAIN"] || "cluster.local"}`;
}

/** A pod's DNS name without the cluster's domain, which resolvers add. */
export function shortDnsName(pod: string, service: string, namespace: string): string {
  return `${pod}.${service}.${namespace}.svc`;
}

/** A master: its ordinal, from 0, and its pod's name. */
export interface MasterPod {
  readonly ordinal: number;
  readonly pod: string;
}

/**
 * The masters' pods in the order of their ordinals, which is not the order of their names as text:
 * `m-10` comes after `m-2`.
 */
export function masterPods(
  master: ComponentConfig,
  env: Readonly<Record<string, string>>,
): MasterPod[] {
  if (master.pods !== undefined && master.pods.length > 0) {
    return master.pods
      .map((pod, index) => ({ pod, ordinal: ordinalOf(pod) ?? index }))
      .sort((a, b) => a.ordinal - b.ordinal);
  }
  const workload = workloadName(master, env);
  return Array.from({ length: Math.max(1, master.replicas ?? 1) }, (_, ordinal) => ({
    ordinal,
    pod: podName(workload, ordinal),
  }));
}

/** `lake-master-2` of the workload `lake-master`. */
export function podName(workload: string, ordinal: number): string {
  return `${workload}-${ordinal}`;
}

/** `lake-master` of `lake-master-2`. Fluid: Environment, volumes, names. */
export function workloadName(
  master: ComponentConfig,
  env: Readonly<Record<string, string>>,
): string {
  return master.name || withoutPrefix(master.service) ||
    `${env["FLUID_DATASET_NAME"] || env["CURVINE_DATASET_NAME"] || "curvine"}-master`;
}

function withoutPrefix(service: string): string {
  return service.startsWith(SERVICE_PREFIX) ? service.slice(SERVICE_PREFIX.length) : service;
}

/** The number behind a pod's last dash. */
export function ordinalOf(pod: string): number | undefined {
  const digits = /-(\d{1,6})$/.exec(pod)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
