import { tomlTable } from "../curvine/toml_value.ts";
import { checkRefused } from "./check_refused.ts";
import { fuseProcess, serverProcess } from "./daemon_process.ts";
import { defaultDataDirs, fillServerDefaults } from "./defaults.ts";
import { endpointTable } from "./endpoints.ts";
import { fitRaft } from "./fit_raft.ts";
import { guardFormat } from "./guard_format.ts";
import type { Generation } from "./generation.ts";
import { guardSplice } from "./guard_splice.ts";
import { keepJournal } from "./keep_journal.ts";
import { mountPlan, writeMountPoint } from "./mount_target.ts";
import type { Component, Plan } from "../plan.ts";

/**
 * The plan of a Curvine component where Fluid has no part: the image's own configuration rules, and only
 * what it leaves open is filled in, for a cluster of one on this machine.
 */
export function generateStandalone(
  component: Exclude<Component, "fuse">,
  generation: Generation,
): Plan {
  const { env, toml } = generation;
  generation.takeBase();
  toml["cluster_id"] ??= env["CURVINE_DATASET_NAME"] || "curvine";
  fillServerDefaults(generation);
  keepJournal(generation);
  generation.setDefault("worker", "data_dir", defaultDataDirs(env));

  const hostname = String(generation.section("master")["hostname"] ?? "localhost");
  generation.setDefault("master", "hostname", hostname);
  generation.setDefault("journal", "hostname", hostname);
  const journalPort = generation.port("journal", "rpc_port");
  const peer = tomlTable([["id", 1], ["hostname", hostname], ["port", journalPort]]);
  generation.setDefault("journal", "journal_addrs", [peer]);
  const master = { hostname, port: generation.port("master", "rpc_port") };
  generation.setDefault("client", "master_addrs", [endpointTable(master)]);

  fitRaft(generation);
  if (component !== "client") {
    checkRefused(generation);
    guardFormat(generation);
    return generation.plan({ process: serverProcess(generation, component), mount: null });
  }
  const fuse = generation.section("fuse");
  // The image's own configuration rules here, as an option does under Fluid.
  if (fuse["enable_splice"] !== undefined) {
    generation.asked.set("fuse.enable_splice", generation.paths.conf);
  }
  const ofBase = fuse["mnt_path"];
  const given = env["CURVINE_TARGET_PATH"] || (ofBase === undefined ? undefined : String(ofBase));
  const target = writeMountPoint(generation, given, "fuse.mnt_path");
  checkRefused(generation);
  guardSplice(generation);
  guardFormat(generation);
  return generation.plan({
    process: fuseProcess(generation, target),
    mount: mountPlan(target, toml),
  });
}
