import assert from "node:assert/strict";
import { parse } from "yaml";
import type { TomlTable } from "../../../lib/plan/curvine/toml_value.ts";
import { parseQuantity } from "../../../lib/plan/fluid/quantity.ts";
import { thinRuntimeConfig } from "./as_fluid_writes.ts";
import { kustomize, nameOf, type YamlObject } from "./kustomize.ts";
import { planOf } from "./plan_of.ts";
import { cacheToml, MANIFESTS, sample } from "./samples.ts";
import { at } from "./subset_rules.ts";

const CACHE_RUNTIMES = ["cache-runtime/base", "cache-runtime/persistent"];

Deno.test("a worker's resources hold its tiers in memory by themselves", async () => {
  let inMemory = 0;
  for (const folder of CACHE_RUNTIMES) {
    const worker = at(await sample(folder, "CacheRuntime"), "spec.worker");
    const tiers = (at(worker, "tieredStore.levels") as YamlObject[]).flatMap((level) => {
      const quota = level["processMemory"] !== undefined
        ? at(level, "processMemory.quota")
        : at(level, "emptyDir.medium") === "Memory"
        ? at(level, "emptyDir.quota")
        : undefined;
      return quota === undefined ? [] : [parseQuantity(String(quota))];
    });
    inMemory += tiers.length;
    const wanted = tiers.reduce((sum, bytes) => sum + bytes, 0n);
    for (const kind of ["requests", "limits"]) {
      const memory = parseQuantity(String(at(worker, `resources.${kind}.memory`)));
      // A worker without any tier needs some memory too.
      assert(memory >= wanted + parseQuantity("512Mi"), `${folder} ${kind}: ${memory}`);
    }
  }
  assert(inMemory > 0, "no sample has a tier in memory");
});

Deno.test("a worker is told its address, for when it has no headless service", async () => {
  for (const folder of CACHE_RUNTIMES) {
    const env = at(
      await sample(folder, "CacheRuntimeClass"),
      "topology.worker.template.spec.containers.0.env",
    ) as YamlObject[];
    const given = env.find((variable) => variable["name"] === "POD_IP");
    assert.equal(at(given, "valueFrom.fieldRef.fieldPath"), "status.podIP", folder);
  }
});

Deno.test("a master logs no mount, and so no credentials", async () => {
  for (const folder of CACHE_RUNTIMES) {
    const toml = await cacheToml(folder, "master");
    assert.equal(at(toml, "master.log.level"), "warn", folder);
  }
});

Deno.test("no client writes a line for every operation", async () => {
  for (const folder of CACHE_RUNTIMES) {
    const toml = await cacheToml(folder, "client");
    assert.equal(at(toml, "client.audit_logging_enabled"), false, folder);
  }
  for (const { name, toml } of await thinTomls()) {
    assert.equal(at(toml, "client.audit_logging_enabled"), false, name);
  }
});

Deno.test("a thin client goes by its mount's readOnly, not by the access modes", async () => {
  const readOnly = async (modes: unknown): Promise<unknown[]> =>
    (await thinTomls(modes)).map(({ toml }) => at(toml, "fuse.readonly") ?? false);
  assert.deepEqual(await readOnly(["ReadOnlyMany"]), [true, false]);
  assert.deepEqual(await readOnly(["ReadWriteMany"]), [true, false]);
  assert.deepEqual(await readOnly(undefined), [true, false]);
});

Deno.test("a DataLoad is in its Dataset's namespace, whatever the kustomization names", async () => {
  for (const namespace of ["default", "ai"]) {
    const folder = await Deno.makeTempDir();
    try {
      for (const { name } of Deno.readDirSync(`${MANIFESTS}data-load`)) {
        const text = await Deno.readTextFile(`${MANIFESTS}data-load/${name}`);
        const moved = name === "kustomization.yaml"
          ? text.replace(/^namespace: .*$/m, `namespace: ${namespace}`)
          : text;
        await Deno.writeTextFile(`${folder}/${name}`, moved);
      }
      const objects = await kustomize(folder);
      for (const object of objects) {
        assert.equal(at(object, "metadata.namespace"), namespace, String(object["kind"]));
      }
      const kind = (name: string): YamlObject | undefined =>
        objects.find((object) => object["kind"] === name);
      assert.equal(at(kind("DataLoad"), "spec.dataset.namespace"), namespace);
      assert.equal(at(kind("RoleBinding"), "subjects.0.namespace"), namespace);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
});

Deno.test("the pod that tries the volume gets a new mount too", async () => {
  const pod = await sample("test-pod", "Pod");
  const mounts = at(pod, "spec.containers.0.volumeMounts") as YamlObject[];
  const volume = (at(pod, "spec.volumes") as YamlObject[]).find((one) =>
    one["persistentVolumeClaim"] !== undefined
  );
  const mount = mounts.find((one) => one["name"] === volume?.["name"]);
  assert.equal(mount?.["mountPropagation"], "HostToContainer");
});

Deno.test("PodMonitors ask for ports that the clients have, by labels that they have", async () => {
  const monitors = (await kustomize(`${MANIFESTS}monitoring`))
    .filter((object) => object["kind"] === "PodMonitor");
  assert.deepEqual(monitors.map(nameOf), ["curvine-fuse", "curvine-fuse-sidecar"]);
  const classOf = await sample("cache-runtime/base", "CacheRuntimeClass");
  const profile = await sample("thin-runtime", "ThinRuntimeProfile");
  for (const [index, monitor] of monitors.entries()) {
    const clients = [
      ...(index === 0 ? [at(classOf, "topology.client.template.spec.containers.0.ports")] : []),
      at(profile, "spec.fuse.ports"),
    ];
    for (const endpoint of at(monitor, "spec.podMetricsEndpoints") as YamlObject[]) {
      for (const ports of clients) {
        assert((ports as YamlObject[]).some(({ name }) => name === endpoint["port"]));
      }
    }
  }
  const selector = (index: number): unknown => at(monitors[index], "spec.selector.matchLabels");
  const runtime = await sample("cache-runtime/base", "CacheRuntime");
  assert.deepEqual(selector(0), at(runtime, "spec.client.podMetadata.labels"));
  assert.deepEqual(selector(0), at(profile, "spec.fuse.podMetadata.labels"));
  // Fluid's own label; the ports of the application's containers are none of ours.
  assert.deepEqual(selector(1), { "done.sidecar.fluid.io/inject": "true" });
  for (const endpoint of at(monitors[1], "spec.podMetricsEndpoints") as YamlObject[]) {
    const keep = (endpoint["relabelings"] as YamlObject[])
      .find(({ action }) => action === "keep");
    assert.deepEqual(keep?.["sourceLabels"], ["__meta_kubernetes_pod_container_name"]);
    const container = new RegExp(`^(?:${keep?.["regex"]})$`);
    assert(container.test("fluid-fuse-0") && container.test("fluid-fuse-12"));
    assert(!container.test("app") && !container.test("init-fluid-fuse-0"));
  }
});

/** What Prometheus itself and kube-state-metrics have that an alert may ask. */
const OTHERS_METRICS = [
  "up",
  "kube_pod_container_info",
  "kube_pod_init_container_info",
  "kube_pod_container_status_waiting_reason",
  "kube_pod_init_container_status_waiting_reason",
  "kube_pod_status_phase",
];

Deno.test("the alerts ask only metrics that somebody has", async () => {
  const used = (await alerts()).flatMap(({ expr }) => metricsIn(expr))
    .filter((name) => !name.startsWith("curvine_fluid_"));
  assert.deepEqual([...new Set(used)].toSorted(), OTHERS_METRICS.toSorted());
});

Deno.test("metrics are told from the other words of an expression", () => {
  const expression = 'sum by (pod) (rate(a_total{x=~"b_c"}[5m])) > 3 and on (pod) (d_e == 1)';
  assert.deepEqual(metricsIn(expression), ["a_total", "d_e"]);
});

Deno.test("an alert fires when metrics are gone, and when a container of ours does not run", async () => {
  const rules = await alerts();
  assert(rules.some(({ expr }) => expr === "absent(curvine_fluid_mounted)"));
  assert(
    rules.some(({ expr }) => /unless on \(namespace, pod\) curvine_fluid_mounted$/.test(expr)),
  );
  for (const reason of ["CrashLoopBackOff", "CreateContainerError", "ImagePullBackOff"]) {
    const asked = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/reason=~?"([^"]+)"/g)].map((match) => new RegExp(`^(?:${match[1]})$`))
    );
    assert(asked.some((pattern) => pattern.test(reason)), reason);
  }
});

Deno.test("the alerts know our images and containers by their names, and the monitors by theirs", async () => {
  const classOf = await sample("cache-runtime/base", "CacheRuntimeClass");
  const image = String(at(classOf, "topology.client.template.spec.containers.0.image"));
  const client = String(at(classOf, "topology.client.template.spec.containers.0.name"));
  for (const { alert, expr } of await alerts()) {
    const matching = (label: string): RegExp[] =>
      [...expr.matchAll(new RegExp(`\\b${label}=~"([^"]+)"`, "g"))]
        .map((match) => new RegExp(`^(?:${match[1]})$`));
    for (const pattern of matching("image_spec")) assert(pattern.test(image), alert);
    const containers = matching("container");
    if (containers.length > 0) {
      for (const name of [client, "thin-fuse", "fluid-fuse-0"]) {
        assert(containers.some((pattern) => pattern.test(name)), `${alert}: ${name}`);
      }
      // It has no metrics of its own.
      assert(!containers.some((pattern) => pattern.test("janitor")), alert);
    }
    for (const pattern of matching("job")) {
      for (const name of ["curvine-fuse", "curvine-fuse-sidecar"]) {
        assert(pattern.test(`ai/${name}`), alert);
      }
    }
  }
});

interface Alert {
  readonly alert: string;
  readonly expr: string;
}

async function alerts(): Promise<Alert[]> {
  const rule = parse(await Deno.readTextFile(`${MANIFESTS}monitoring/alerts.yaml`));
  return (at(rule, "spec.groups") as YamlObject[]).flatMap((group) => group["rules"] as Alert[]);
}

const NO_METRICS = ["and", "or", "unless", "by", "on"];

/** Names in an expression of PromQL that are neither function, operator, label nor text. */
function metricsIn(expression: string): string[] {
  const bare = expression.replace(/\{[^}]*\}|\[[^\]]*\]/g, " ")
    .replace(/\b(by|on)\s*\([^)]*\)/g, " ");
  return [...bare.matchAll(/\b([a-z_]\w*)\b(?!\s*\()/g)].map((match) => match[1] ?? "")
    .filter((name) => !NO_METRICS.includes(name));
}

async function thinTomls(modes?: unknown): Promise<{ name: string; toml: TomlTable }[]> {
  const objects = await kustomize(`${MANIFESTS}thin-runtime`);
  const runtimes = objects.filter((object) => object["kind"] === "ThinRuntime");
  assert.equal(runtimes.length, 2);
  return await Promise.all(runtimes.map(async (runtime) => {
    const dataset = objects.find((object) =>
      object["kind"] === "Dataset" && nameOf(object) === nameOf(runtime)
    );
    assert.ok(dataset);
    (dataset["spec"] as YamlObject)["accessModes"] = modes;
    const { config } = await planOf(thinRuntimeConfig(dataset, runtime));
    return { name: nameOf(runtime), toml: config.toml };
  }));
}
