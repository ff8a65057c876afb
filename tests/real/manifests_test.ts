import assert from "node:assert/strict";
import { writeToml } from "../../lib/plan/curvine/toml_text.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import { cacheRuntimeConfig, thinRuntimeConfig } from "../unit/manifests/as_fluid_writes.ts";
import { kustomize, nameOf, type YamlObject } from "../unit/manifests/kustomize.ts";
import { planOf } from "../unit/manifests/plan_of.ts";
import { missingCurvine } from "./real_cluster.ts";

const manifests = new URL("../../manifests", import.meta.url).pathname;

Deno.test({
  name: "real Curvine: it takes what is generated of every sample, key by key",
  ignore: missingCurvine(),
  async fn(): Promise<void> {
    const plans: [string, Plan][] = [];
    for (const folder of ["base", "persistent"]) {
      const objects = await kustomize(`${manifests}/cache-runtime/${folder}`);
      for (const component of ["master", "worker", "client"] as const) {
        const handed = cacheRuntimeConfig(
          one(objects, "Dataset"),
          one(objects, "CacheRuntime"),
          component,
        );
        plans.push([`${folder} ${component}`, await planOf(handed)]);
      }
    }
    const thin = await kustomize(`${manifests}/thin-runtime`);
    for (const runtime of thin.filter((object) => object["kind"] === "ThinRuntime")) {
      const dataset = thin.filter((object) => nameOf(object) === nameOf(runtime));
      plans.push([
        nameOf(runtime),
        await planOf(thinRuntimeConfig(one(dataset, "Dataset"), runtime)),
      ]);
    }
    for (const [name, { config }] of plans) await assertTaken(name, config.toml);
  },
});

/** curvine-fuse reads a whole configuration, all sections of it. Curvine: validate-config. */
async function assertTaken(name: string, toml: Plan["config"]["toml"]): Promise<void> {
  const conf = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(conf, writeToml(toml));
    const { code, stderr } = await new Deno.Command(
      `${Deno.env.get("CURVINE_HOME")}/lib/curvine-fuse`,
      { args: ["validate-config", "--conf", conf], stdout: "null" },
    ).output();
    assert.equal(code, 0, `${name}: ${new TextDecoder().decode(stderr)}`);
    assert.equal(new TextDecoder().decode(stderr), "", name);
  } finally {
    await Deno.remove(conf);
  }
}

function one(objects: readonly YamlObject[], kind: string): YamlObject {
  const found = objects.find((object) => object["kind"] === kind);
  assert.ok(found, `there is no ${kind}`);
  return found;
}
