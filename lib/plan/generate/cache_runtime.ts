import type { CacheDirectory, ComponentConfig } from "../fluid/runtime_config.ts";
import { applyOptions, type ManagedKeys } from "./apply_options.ts";
import { clusterIdOf, namespaceOf, podDnsName } from "./cluster_names.ts";
import { fuseProcess, serverProcess } from "./daemon_process.ts";
import { defaultDataDirs, fillServerDefaults, logToStdout } from "./defaults.ts";
import type { Generation } from "./generation.ts";
import { fitRaft } from "./fit_raft.ts";
import { guardFormat } from "./guard_format.ts";
import { guardSplice } from "./guard_splice.ts";
import { keepJournal } from "./keep_journal.ts";
import { checkHostname, type Masters, ownNames, writeMasters } from "./masters.ts";
import { checkRefused } from "./check_refused.ts";
import { curvinePath, mountPlan, writeMountPoint } from "./mount_target.ts";
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
 * component's options, then what follows from the topology. Without a runtime config a local
 * component starts.
 */
export function generateCacheRuntime(
  component: Exclude<Component, "fuse">,
  generation: Generation,
): Plan {
  const { config, env, toml } = generation;
  generation.takeBase();
  const dirsOfBase = generation.section("worker")["data_dir"];
  fillServerDefaults(generation);
  toml["cluster_id"] = clusterIdOf(env, config);
  for (const scope of ["master", "worker", "client"] as const) {
    const { options = {}, optionsAt: at = "" } = config?.[scope] ?? {};
    applyOptions(generation, { scope, at, options }, MANAGED);
  }
  keepJournal(generation);

  const givenTarget = config?.targetPath ?? (env["FLUID_RUNTIME_MOUNT_PATH"] ||
    env["CURVINE_TARGET_PATH"]);
  const namespace = namespaceOf(generation.inputs, config, givenTarget);
  const masters = writeMasters(generation, namespace);
  if (component === "worker") writeWorkerHostname(generation, namespace);
  fitRaft(generation);
  writeDataDirs(generation, config?.worker?.cacheDirectories ?? [], dirsOfBase);
  const target = writeTarget(generation, givenTarget);
  checkRefused(generation);
  if (component === "client") guardSplice(generation);
  logToStdout(generation);
  const formatMarker = guardFormat(generation);
  return generation.plan({
    process: processOf(component, target, masters, generation),
    mount: component === "client" ? mountPlan(target, toml) : null,
    ...(formatMarker === undefined ? {} : { formatMarker }),
  });
}

function writeWorkerHostname(generation: Generation, namespace: string): void {
  const { config, asked } = generation;
  const worker = generation.section("worker");
  if (!asked.has("worker.hostname") && config?.worker !== undefined) {
    worker["hostname"] = writtenHostname(config.worker, namespace, generation);
  }
  const { hostname } = worker;
  if (typeof hostname === "string") checkHostname(hostname, "worker", generation);
}

/**
 * The name by which clients reach this worker. Without a service a pod's name resolves nowhere, and
 * with hostNetwork the container has the node's: there the pod's address serves.
 */
function writtenHostname(
  worker: ComponentConfig,
  namespace: string,
  generation: Generation,
): string {
  const { env, inputs } = generation;
  const names = ownNames(inputs);
  const own = names.find((name) => name.replace(/-\d+$/, "") === worker.name);
  const service = worker.service || env["FLUID_RUNTIME_COMPONENT_SVC_NAME"] || "";
  const isNamed = own !== undefined || !worker.name;
  // Curvine has no IPv6 addresses.
  const address = env["POD_IP"]?.includes(":") ? undefined : env["POD_IP"];
  if ((service === "" || !isNamed) && address) return address;
  const hostname = podDnsName(own ?? names[0] ?? "localhost", service, namespace, env);
  if (service !== "" && isNamed) return hostname;
  const why = service === ""
    ? "has neither a headless service nor POD_IP"
    : `has a host name that is no pod's of "${worker.name}", as with hostNetwork, and no POD_IP`;
  generation.warn(
    "worker-unreachable",
    `the worker ${why}, so it calls itself "${hostname}", which other pods cannot resolve: set ` +
      "POD_IP from status.podIP in the class" +
      (service === "" ? ", or give the class's worker service: {headless: {}}" : ""),
    "worker.service",
  );
  return hostname;
}

/** @param ofBase the base's, which are as its author wants them */
function writeDataDirs(
  generation: Generation,
  tiers: readonly CacheDirectory[],
  ofBase: unknown,
): void {
  const worker = generation.section("worker");
  const dirs = dataDirs(tiers, generation);
  const asked = generation.asked.get("worker.data_dir");
  if (asked !== undefined) warnOfTiers(asked, dirs, generation);
  else if (dirs.length > 0) worker["data_dir"] = dirs;
  else worker["data_dir"] ??= defaultDataDirs(generation.env);
  if (ofBase === undefined || worker["data_dir"] !== ofBase) {
    checkDataDirs(worker["data_dir"] as string[], "worker.data_dir", generation);
  }
}

/** Fluid has made volumes for the tiers, and counts their quotas as the Dataset's cache. */
function warnOfTiers(option: string, dirs: readonly string[], generation: Generation): void {
  const asked = generation.section("worker")["data_dir"];
  if (generation.component !== "worker" || dirs.length === 0 || sameText(asked, dirs)) return;
  generation.warn(
    "tiers-replaced",
    `${option} takes the place of all of the tiered store's levels, which would be ` +
      `${
        JSON.stringify(dirs.join(","))
      }: their volumes stay empty and their quotas do not count; ` +
      "leave the option out, or have the levels say the same",
    option,
  );
}

function sameText(one: unknown, other: readonly string[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function writeTarget(generation: Generation, given: string | undefined): string {
  const { component, config, env } = generation;
  if (component !== "client") return writeMountPoint(generation, given, "targetPath");
  if (!given && config !== undefined) {
    generation.problem(
      "targetPath",
      "is missing, so there is no place to mount at",
      "Fluid writes it; otherwise set FLUID_RUNTIME_MOUNT_PATH",
    );
  }
  const mountPoint = env["CURVINE_MOUNT_POINT"] || "curvine:///";
  const found = curvinePath(mountPoint);
  if (!found.ok) generation.problem("$CURVINE_MOUNT_POINT", found.message, found.hint);
  return writeMountPoint(generation, given, "targetPath", found.ok ? found.path : undefined);
}

function processOf(
  component: Exclude<Component, "fuse">,
  target: string,
  masters: Masters,
  generation: Generation,
): ProcessPlan {
  const { config, env } = generation;
  // Curvine takes this variable over the file's value: another component's must not leak in.
  const notMaster = "CURVINE_MASTER_HOSTNAME" in env ? { CURVINE_MASTER_HOSTNAME: null } : {};
  const endpoints = masters.endpoints.map(({ hostname, port }) => `${hostname}:${port}`).join(",");
  const common = {
    ORPC_BIND_HOSTNAME: env["ORPC_BIND_HOSTNAME"] || "0.0.0.0",
    CURVINE_MASTER_ENDPOINTS: endpoints,
  };
  const hostname = String(generation.section("worker")["hostname"]);
  switch (component) {
    case "master":
      return serverProcess(generation, "master", {
        ...common,
        ...(config === undefined ? {} : { CURVINE_MASTER_HOSTNAME: masters.hostname }),
      });
    case "worker":
      return serverProcess(generation, "worker", {
        ...common,
        ...notMaster,
        ...(config?.worker === undefined ? {} : { CURVINE_WORKER_HOSTNAME: hostname }),
      });
    case "transfer":
      return serverProcess(generation, "transfer", { ...common, ...notMaster });
    case "client":
      return fuseProcess(generation, target, notMaster);
  }
}
