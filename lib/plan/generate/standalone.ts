import { curvinePaths } from "../curvine/paths.ts";
import { tomlTable } from "../curvine/toml_value.ts";
import { readBase, section, setDefault } from "./base_config.ts";
import { fuseProcess, serverProcess } from "./daemon_process.ts";
import { defaultDataDirs, DEFAULTS, fillServerDefaults, portOf } from "./defaults.ts";
import { endpointTable } from "./endpoints.ts";
import type { Findings } from "./findings.ts";
import { guardFormat } from "./guard_format.ts";
import { guardSplice } from "./guard_splice.ts";
import type { Inputs } from "../inputs.ts";
import { mountPlan, mountTarget } from "./mount_target.ts";
import type { Component, Plan } from "../plan.ts";

/**
 * The plan of a Curvine component where Fluid has no part: the image's own configuration rules, and only
 * what it leaves open is filled in, for a cluster of one on this machine.
 */
export async function generateStandalone(
  component: Exclude<Component, "fuse">,
  reasons: readonly string[],
  inputs: Inputs,
  findings: Findings,
): Promise<Plan> {
  const { env } = inputs;
  const paths = curvinePaths(env);
  const { toml } = await readBase(paths, inputs);
  setDefault(toml, "cluster_id", env["CURVINE_DATASET_NAME"] || "curvine");
  fillServerDefaults(toml, paths);
  setDefault(section(toml, "worker"), "data_dir", defaultDataDirs(env));

  const master = section(toml, "master");
  const journal = section(toml, "journal");
  const hostname = String(master["hostname"] ?? "localhost");
  setDefault(master, "hostname", hostname);
  setDefault(journal, "hostname", hostname);
  const journalPort = portOf(toml, "journal", "rpc_port", findings);
  const peer = tomlTable([["id", 1], ["hostname", hostname], ["port", journalPort]]);
  setDefault(journal, "journal_addrs", [peer]);
  const rpcPort = portOf(toml, "master", "rpc_port", findings);
  setDefault(section(toml, "client"), "master_addrs", [endpointTable({ hostname, port: rpcPort })]);

  const fuse = section(toml, "fuse");
  const given = env["CURVINE_TARGET_PATH"] || fuse["mnt_path"] || DEFAULTS.fuseTarget;
  const target = mountTarget(String(given), "fuse.mnt_path", findings) ?? "";
  if (component === "client") {
    fuse["mnt_path"] = target;
    // The image's own configuration rules here, as an option does under Fluid.
    const asked = new Set(fuse["enable_splice"] === undefined ? [] : ["fuse.enable_splice"]);
    guardSplice(toml, asked, inputs, findings);
  }
  guardFormat(toml, component, new Set(), paths, inputs, findings);
  return {
    mode: "standalone",
    component,
    reasons,
    config: { path: paths.conf, toml },
    process: component === "client"
      ? fuseProcess(paths, target, {}, inputs)
      : serverProcess(paths, component, {}, inputs),
    mount: component === "client" ? mountPlan(target, toml) : null,
    warnings: findings.warnings,
  };
}
