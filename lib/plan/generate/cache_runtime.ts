import { curvinePaths } from "../curvine/paths.ts";
import type { ComponentConfig, RuntimeConfig } from "../fluid/runtime_config.ts";
import { applyOptions, type ManagedKeys } from "./apply_options.ts";
import { readBase, section } from "./base_config.ts";
import { clusterIdOf, namespaceOf, podDnsName } from "./cluster_names.ts";
import { fuseProcess, serverProcess } from "./daemon_process.ts";
import { defaultDataDirs, DEFAULTS, fillServerDefaults, logToStdout } from "./defaults.ts";
import type { Findings } from "./findings.ts";
import { guardFormat } from "./guard_format.ts";
import { guardSplice } from "./guard_splice.ts";
import type { Inputs } from "../inputs.ts";
import { checkHostname, type Masters, ownNames, writeMasters } from "./masters.ts";
import { checkFuse, curvinePath, mountPlan, mountTarget } from "./mount_target.ts";
import type { Component, Plan, ProcessPlan } from "../plan.ts";
import { checkDataDirs, dataDirs } from "./worker_directories.ts";

const MANAGED: ManagedKeys = {
  "fuse.mnt_path": "it is the Dataset's target path, which Fluid decides",
  "fuse.fs_path": "a CacheRuntime shows Curvine's root; CURVINE_MOUNT_POINT chooses another path",
  "client.master_addrs": "it follows from the masters",
  "journal.journal_addrs": "it follows from the masters",
  "journal.hostname": "it is the same as master.hostname",
};

/**
 * The plan of a CacheRuntime's master, worker or client: the base, then defaults, then every
 * component's options, then what follows from the topology.
 *
 * @param config `undefined` where the runtime config does not exist: a local component starts
 */
export async function generateCacheRuntime(
  component: Exclude<Component, "fuse">,
  config: RuntimeConfig | undefined,
  reasons: readonly string[],
  inputs: Inputs,
  findings: Findings,
): Promise<Plan> {
  const { env } = inputs;
  const paths = curvinePaths(env);
  const { toml } = await readBase(paths, inputs);
  const dirsOfBase = section(toml, "worker")["data_dir"];
  fillServerDefaults(toml, paths);
  toml["cluster_id"] = clusterIdOf(env, config);

  const asked = new Set<string>();
  for (const scope of ["master", "worker", "client"] as const) {
    const { options = {}, optionsAt: at = "" } = config?.[scope] ?? {};
    const set = applyOptions(toml, { scope, at, options }, MANAGED, inputs, findings);
    for (const key of set) asked.add(key);
  }

  const givenTarget = config?.targetPath ?? (env["FLUID_RUNTIME_MOUNT_PATH"] ||
    env["CURVINE_TARGET_PATH"]);
  const namespace = namespaceOf(inputs, config, givenTarget);
  const masters = writeMasters(toml, config, component, namespace, asked, inputs, findings);
  const worker = section(toml, "worker");
  if (component === "worker" && !asked.has("worker.hostname") && config?.worker !== undefined) {
    worker["hostname"] = workerHostname(config.worker, namespace, inputs);
  }
  if (component === "worker" && typeof worker["hostname"] === "string") {
    checkHostname(worker["hostname"], "worker", findings);
  }
  writeDataDirs(toml, config?.worker, asked, inputs, findings);
  const target = writeTarget(toml, givenTarget, component, config, inputs, findings);
  checkFuse(toml, findings);
  if (component === "client") guardSplice(toml, asked, inputs, findings);
  logToStdout(toml, asked);
  if (dirsOfBase === undefined || worker["data_dir"] !== dirsOfBase) {
    checkDataDirs(worker["data_dir"] as string[], "worker.data_dir", findings);
  }
  const formatMarker = guardFormat(toml, component, asked, paths, inputs, findings);
  return {
    mode: "cache-runtime",
    component,
    reasons,
    config: { path: paths.conf, toml },
    process: processOf(component, target, masters, String(worker["hostname"]), config, inputs),
    mount: component === "client" ? mountPlan(target, toml) : null,
    warnings: findings.warnings,
    ...(formatMarker === undefined ? {} : { formatMarker }),
  };
}

function workerHostname(worker: ComponentConfig, namespace: string, inputs: Inputs): string {
  const names = ownNames(inputs);
  const pod = names.find((name) => name.replace(/-\d+$/, "") === worker.name) ?? names[0] ??
    "localhost";
  const service = worker.service || inputs.env["FLUID_RUNTIME_COMPONENT_SVC_NAME"] || "";
  // Without a service a pod's name resolves nowhere; its address does.
  return service === "" && inputs.env["POD_IP"]
    ? inputs.env["POD_IP"]
    : podDnsName(pod, service, namespace, inputs.env);
}

function writeDataDirs(
  toml: Plan["config"]["toml"],
  config: ComponentConfig | undefined,
  asked: ReadonlySet<string>,
  inputs: Inputs,
  findings: Findings,
): void {
  const worker = section(toml, "worker");
  if (asked.has("worker.data_dir")) return;
  const tiers = dataDirs(config?.cacheDirectories ?? [], findings);
  if (tiers.length > 0) worker["data_dir"] = tiers;
  else worker["data_dir"] ??= defaultDataDirs(inputs.env);
}

function writeTarget(
  toml: Plan["config"]["toml"],
  given: string | undefined,
  component: Component,
  config: RuntimeConfig | undefined,
  inputs: Inputs,
  findings: Findings,
): string {
  const fuse = section(toml, "fuse");
  if (!given && component === "client" && config !== undefined) {
    findings.problem(
      "targetPath",
      "is missing, so there is no place to mount at",
      "Fluid writes it; otherwise set FLUID_RUNTIME_MOUNT_PATH",
    );
  }
  const target = mountTarget(given || DEFAULTS.fuseTarget, "targetPath", findings) ?? "";
  if (given || component === "client") fuse["mnt_path"] = target;
  if (component === "client") {
    const mountPoint = inputs.env["CURVINE_MOUNT_POINT"] || "curvine:///";
    const path = curvinePath(mountPoint);
    if (path === undefined) {
      findings.problem("$CURVINE_MOUNT_POINT", `is "${mountPoint}"; curvine:///path is wanted`);
    } else fuse["fs_path"] = path;
  }
  return target;
}

function processOf(
  component: Exclude<Component, "fuse">,
  target: string,
  masters: Masters,
  workerHostname: string,
  config: RuntimeConfig | undefined,
  inputs: Inputs,
): ProcessPlan {
  const paths = curvinePaths(inputs.env);
  // Curvine takes this variable over the file's value: another component's must not leak in.
  const notMaster = "CURVINE_MASTER_HOSTNAME" in inputs.env
    ? { CURVINE_MASTER_HOSTNAME: null }
    : {};
  const endpoints = masters.endpoints.map(({ hostname, port }) => `${hostname}:${port}`).join(",");
  const common = {
    ORPC_BIND_HOSTNAME: inputs.env["ORPC_BIND_HOSTNAME"] || "0.0.0.0",
    CURVINE_MASTER_ENDPOINTS: endpoints,
  };
  switch (component) {
    case "master":
      return serverProcess(paths, "master", {
        ...common,
        ...(config === undefined ? {} : { CURVINE_MASTER_HOSTNAME: masters.hostname }),
      }, inputs);
    case "worker":
      return serverProcess(paths, "worker", {
        ...common,
        ...notMaster,
        ...(config?.worker === undefined ? {} : { CURVINE_WORKER_HOSTNAME: workerHostname }),
      }, inputs);
    case "transfer":
      return serverProcess(paths, "transfer", { ...common, ...notMaster }, inputs);
    case "client":
      return fuseProcess(paths, target, notMaster, inputs);
  }
}
