/**
 * Detect, load, validate, generate and write, and the mount table: what a start costs besides the
 * process itself. `deno bench --allow-all tests/bench/generate_bench.ts`. What has a size must grow
 * linearly with it.
 */
import { parse } from "smol-toml";
import { writeToml } from "../../lib/plan/curvine/toml_text.ts";
import { loadJson } from "../../lib/plan/fluid/load_json.ts";
import { parseRuntimeConfig } from "../../lib/plan/fluid/parse_runtime_config.ts";
import { generatePlan } from "../../lib/plan/generate/generate_plan.ts";
import { detectMode } from "../../lib/plan/detect_mode.ts";
import { layersAt } from "../../lib/mount/mount_path.ts";
import { parseMountinfo } from "../../lib/mount/mountinfo.ts";
import { cacheConfig, cacheWorld, inputs, thinConfig, thinWorld } from "../support/generation.ts";

const SIZES = [1, 1000, 10_000];

/** A CacheRuntime's file with this many mounts, as Fluid writes it. */
function manyMounts(count: number): object {
  const mounts = Array.from({ length: count }, (_, index) => ({
    mountPoint: `s3://bucket-${index}/data`,
    options: { endpoint_url: "http://minio:9000", region_name: "us-east-1", path_style: "true" },
    encryptOptions: { "access-key": "/etc/fluid/secrets/a/b" },
    name: `mount-${index}`,
    path: `/mount-${index}`,
  }));
  return cacheConfig({ mounts, master: { replicas: 3, options: { rpc_port: "8995" } } });
}

const world = inputs(cacheWorld("client", manyMounts(1)));
Deno.bench("detect", () => {
  detectMode(world);
});

for (const count of SIZES) {
  const bytes = new TextEncoder().encode(JSON.stringify(manyMounts(count)));
  Deno.bench(`load, ${count} mounts`, { group: "load" }, () => {
    loadJson(bytes, "it");
  });
  const { value } = loadJson(bytes, "it");
  Deno.bench(`validate, ${count} mounts`, { group: "validate" }, () => {
    parseRuntimeConfig(value, "it");
  });
  const start = inputs(cacheWorld("master", manyMounts(count)));
  Deno.bench(`all of a start, ${count} mounts`, { group: "all" }, async () => {
    writeToml((await generatePlan(start)).plan.config.toml);
  });
}

const thin = inputs(thinWorld(thinConfig({ "io-threads": "8", "client.block_size": "64MB" })));
Deno.bench("generate thin", async () => {
  await generatePlan(thin);
});

for (const count of SIZES) {
  const options = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`unknown_option_${index}`, "x"]),
  );
  const start = inputs(cacheWorld("worker", cacheConfig({ worker: { options } })));
  Deno.bench(`all of a start, ${count} unknown options`, { group: "options" }, async () => {
    writeToml((await generatePlan(start)).plan.config.toml);
  });
}

const { toml } = (await generatePlan(inputs(cacheWorld("worker", manyMounts(1))))).plan.config;
const text = writeToml(toml);
Deno.bench("write TOML, a worker's", { group: "TOML" }, () => {
  writeToml(toml);
});
Deno.bench("read TOML, a worker's", { group: "TOML" }, () => {
  parse(text, { integersAsBigInt: true });
});

for (const count of [30, 10_000]) {
  const table = Array.from(
    { length: count },
    (_, index) =>
      `${index + 30} 27 0:${index} / /var/lib/kubelet/pods/${index}/volumes/pvc-${index} ` +
      `rw,nosuid shared:${index} - ext4 /dev/sd${index} rw,discard\n`,
  ).join("");
  Deno.bench(`mountinfo, ${count} lines`, { group: "mountinfo" }, () => {
    layersAt(parseMountinfo(table), "/runtime-mnt/thin/default/lake/thin-fuse");
  });
}
