import assert from "node:assert/strict";
import { parseEnv } from "node:util";
import { findCommand, OLD_NAMES, RUN_ACTIONS, RUN_WORDS } from "../../../lib/cli/command_table.ts";
import { parseArguments } from "../../../lib/cli/parse_arguments.ts";
import { readSettings } from "../../../lib/plan/settings.ts";
import { targetOfPod } from "../../../lib/supervise/janitor.ts";
import { exists } from "../../support/exists.ts";
import { cacheRuntimeConfig, thinRuntimeConfig } from "./as_fluid_writes.ts";
import { commandsOf, variablesOf } from "./commands_of.ts";
import { problemsOf, readCrds } from "./crd_schema.ts";
import { kustomize, nameOf, type YamlObject } from "./kustomize.ts";
import { planOf } from "./plan_of.ts";
import { at, subsetProblems } from "./subset_rules.ts";

const root = new URL("../../../", import.meta.url).pathname;
const folders = kustomizations(`${root}manifests`).sort();
/** A folder of Fluid's CRDs, such as `config/crd/bases` of its repository, for whoever has one. */
const crds = Deno.env.get("FLUID_CRDS");

Deno.test("every folder of manifests but local is a kustomization, or holds only such", () => {
  const plain = [...Deno.readDirSync(`${root}manifests`)].map((entry) => entry.name)
    .filter((name) => name !== "local" && !folders.includes(`${root}manifests/${name}`));
  assert.deepEqual(plain, []);
  assert.ok(folders.length >= 7, `found only ${folders}`);
});

for (const folder of folders) {
  const name = folder.slice(`${root}manifests/`.length);

  Deno.test(`${name} renders, each object once`, async () => {
    const objects = await kustomize(folder);
    assert.ok(objects.length > 0);
    const ids = objects.map((object) => `${object["kind"]}/${nameOf(object)}`);
    assert.equal(new Set(ids).size, ids.length, ids.join());
  });

  Deno.test({
    name: `${name} renders as kubectl renders it`,
    ignore: !hasKubectl(),
    async fn(): Promise<void> {
      const { success, stdout, stderr } = await new Deno.Command("kubectl", {
        args: ["kustomize", folder],
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
      const temporary = await Deno.makeTempFile({ suffix: ".yaml" });
      try {
        await Deno.writeFile(temporary, stdout);
        const { readManifest } = await import("./kustomize.ts");
        const order = (objects: YamlObject[]): YamlObject[] =>
          objects.toSorted((a, b) => key(a).localeCompare(key(b)));
        assert.deepEqual(order(await kustomize(folder)), order(await readManifest(temporary)));
      } finally {
        await Deno.remove(temporary);
      }
    },
  });

  Deno.test(`${name} breaks no rule of Fluid's CRDs that we know`, async () => {
    assert.deepEqual((await kustomize(folder)).flatMap(subsetProblems), []);
  });

  if (crds !== undefined) {
    Deno.test(`${name} is valid by Fluid's CRDs, with no field that would be pruned`, async () => {
      const schemas = await readCrds(crds);
      for (const object of await kustomize(folder)) {
        if (!String(object["apiVersion"]).startsWith("data.fluid.io/")) continue;
        const schema = schemas.get(String(object["kind"]));
        assert.ok(schema, `no CRD for ${object["kind"]}`);
        assert.deepEqual(problemsOf(object, schema), [], `${object["kind"]} ${nameOf(object)}`);
      }
    });
  }

  Deno.test(`${name} runs only commands that the executable has`, async () => {
    for (const { path, argv } of (await kustomize(folder)).flatMap(commandsOf)) {
      assertKnown(path, argv);
    }
  });

  Deno.test(`${name} sets only variables that are read, to values that can be read`, async () => {
    const known = await variablesInCode();
    const variables = (await kustomize(folder)).flatMap(variablesOf);
    for (const { name } of variables) assert.ok(known.has(name), `nobody reads ${name}`);
    readSettings(Object.fromEntries(variables.map(({ name, value }) => [name, value])));
  });

  Deno.test(`${name} formats nothing`, async () => {
    const text = JSON.stringify(await kustomize(folder));
    assert.doesNotMatch(text, /format_(master|worker)|ALLOW_FORMAT/);
  });
}

Deno.test("a CacheRuntime sets resources for every component itself", async () => {
  for (const folder of ["base", "persistent"]) {
    const objects = await kustomize(`${root}manifests/cache-runtime/${folder}`);
    const runtime = only(objects, "CacheRuntime");
    for (const component of ["master", "worker", "client"]) {
      assert.ok(at(runtime, `spec.${component}.resources.requests`), component);
      assert.ok(at(runtime, `spec.${component}.resources.limits.memory`), component);
    }
  }
});

Deno.test("only the FUSE client is privileged, servers have no capability", async () => {
  for (const folder of ["base", "persistent"]) {
    const objects = await kustomize(`${root}manifests/cache-runtime/${folder}`);
    const topology = at(only(objects, "CacheRuntimeClass"), "topology");
    assert.equal(
      at(topology, "client.template.spec.containers.0.securityContext.privileged"),
      true,
    );
    for (const server of ["master", "worker"]) {
      const context = at(topology, `${server}.template.spec.containers.0.securityContext`);
      assert.deepEqual(context, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
  }
});

Deno.test("beside a CacheRuntime's client the janitor sees its target and its lock", async () => {
  for (const folder of ["base", "persistent"]) {
    const objects = await kustomize(`${root}manifests/cache-runtime/${folder}`);
    const spec = at(only(objects, "CacheRuntimeClass"), "topology.client.template.spec");
    type Mounts = { name: string; mountPath: string; mountPropagation?: string }[];
    const mounts = (index: number): Mounts =>
      at(spec, `containers.${index}.volumeMounts`) as Mounts;
    assert.deepEqual(at(spec, "containers.1.args"), ["janitor"]);
    assert.equal(at(spec, "containers.1.image"), at(spec, "containers.0.image"));
    const runFolder = (all: Mounts): unknown =>
      all.find(({ mountPath }) => mountPath === "/run/curvine-fluid");
    assert.deepEqual(runFolder(mounts(1)), runFolder(mounts(0)));
    const [node] = mounts(1).filter(({ mountPropagation }) => mountPropagation === "Bidirectional");
    const volume = (at(spec, "volumes") as { name: string; hostPath?: { path: string } }[])
      .find(({ name }) => name === node?.name);
    assert.equal(volume?.hostPath?.path, node?.mountPath, "paths on the node are paths in it");
    const target = targetOfPod({ POD_NAMESPACE: "ai", POD_NAME: "lake-client-x" });
    assert.ok(target?.startsWith(`${node?.mountPath}/`));
    const env = (at(spec, "containers.1.env") as { name: string }[]).map(({ name }) => name);
    assert.deepEqual(env, ["POD_NAMESPACE", "POD_NAME"]);
  }
});

Deno.test("a read-only root has a volume wherever curvine-fluid and Curvine write", async () => {
  for (const folder of ["base", "persistent"]) {
    const objects = await kustomize(`${root}manifests/cache-runtime/${folder}`);
    const topology = at(only(objects, "CacheRuntimeClass"), "topology");
    const writes = {
      master: ["/run/curvine-fluid", "/tmp", "/app/curvine/data"],
      worker: ["/run/curvine-fluid", "/tmp", "/cache-data"],
      client: ["/run/curvine-fluid", "/tmp"],
    };
    for (const [component, paths] of Object.entries(writes)) {
      const spec = at(topology, `${component}.template.spec`);
      const mounts = at(spec, "containers.0.volumeMounts") as { name: string; mountPath: string }[];
      assert.deepEqual(mounts.map(({ mountPath }) => mountPath), paths);
      const volumes = (at(spec, "volumes") as { name: string }[]).map(({ name }) => name)
        // The janitor's alone.
        .filter((name) => name !== "runtime-mnt");
      assert.deepEqual(mounts.map(({ name }) => name).toSorted(), volumes.toSorted());
      const env = at(spec, "containers.0.env") as { name: string; value: string }[];
      const conf = env.find(({ name }) => name === "CURVINE_CONF_FILE")?.value ?? "";
      assert.ok(conf.startsWith("/run/curvine-fluid/"), conf);
    }
  }
});

Deno.test("what Fluid makes of the cache runtimes generates without a warning", async () => {
  for (const folder of ["base", "persistent"]) {
    const objects = await kustomize(`${root}manifests/cache-runtime/${folder}`);
    const dataset = only(objects, "Dataset");
    const runtime = only(objects, "CacheRuntime");
    for (const component of ["master", "worker", "client"] as const) {
      const plan = await planOf(cacheRuntimeConfig(dataset, runtime, component));
      assert.deepEqual(plan.warnings, [], `${folder} ${component}`);
      assert.equal(plan.component, component);
      assert.equal(plan.config.toml["format_master"], false);
      assert.equal(plan.config.toml["format_worker"], false);
    }
  }
});

Deno.test("what Fluid makes of the thin runtimes generates without a warning", async () => {
  const objects = await kustomize(`${root}manifests/thin-runtime`);
  const runtimes = objects.filter((object) => object["kind"] === "ThinRuntime");
  assert.equal(runtimes.length, 2);
  const readonly: unknown[] = [];
  for (const runtime of runtimes) {
    const dataset = objects.find((one) =>
      one["kind"] === "Dataset" && nameOf(one) === nameOf(runtime)
    );
    assert.ok(dataset, `no Dataset for ${nameOf(runtime)}`);
    const plan = await planOf(thinRuntimeConfig(dataset, runtime));
    assert.deepEqual(plan.warnings, [], nameOf(runtime));
    readonly.push(at(plan.config.toml, "fuse.readonly") ?? false);
  }
  assert.deepEqual(readonly, [true, false]);
});

Deno.test("the local environments generate what their names say, without a warning", async () => {
  const local = `${root}manifests/local`;
  const found: Record<string, string> = {};
  for (const { name } of Deno.readDirSync(local)) {
    if (!name.endsWith(".env")) continue;
    const env = parseEnv(await Deno.readTextFile(`${local}/${name}`)) as Record<string, string>;
    const known = await variablesInCode();
    for (const variable of Object.keys(env)) {
      // What Fluid and Kubernetes set whether somebody reads it or not.
      const given = ["HOSTNAME", "FLUID_RUNTIME_NS", "FLUID_RUNTIME_NAME"].includes(variable);
      assert.ok(given || known.has(variable), `nobody reads ${variable}`);
    }
    readSettings(env);
    const path = env["FLUID_RUNTIME_CONFIG_PATH"];
    const text = path === undefined ? "" : await Deno.readTextFile(`${local}/${path}`);
    const plan = await planOf({ env, path: path ?? "", text, secrets: [] });
    assert.deepEqual(plan.warnings, [], name);
    found[name] = `${plan.mode} ${plan.component}`;
  }
  assert.deepEqual(found, {
    "cache-master.env": "cache-runtime master",
    "cache-worker.env": "cache-runtime worker",
    "cache-client.env": "cache-runtime client",
    "thin.env": "thin-runtime fuse",
    "standalone.env": "standalone master",
  });
});

Deno.test("the dashboard and the alerts use only metrics that there are", async () => {
  const { metrics } = await import("../../../lib/observe/metrics.ts");
  const text = metrics({
    version: "0",
    state: "mounted",
    stateFor: 0,
    upFor: 0,
    target: "/t",
    pid: 1,
    mounted: true,
    ready: true,
    reason: undefined,
    restarts: { crashed: 1 },
    takeovers: {},
    noTakeover: undefined,
    unserved: 0,
    lastRestart: undefined,
    lastRemount: 1,
    failures: 0,
    waiting: 0,
    reaped: 0,
    generation: 1,
    reloads: { hot: 1 },
    configProblem: undefined,
    droppedBytes: 0,
    lastErrors: [],
    lastLines: [],
  });
  const exported = new Set(text.match(/^curvine_fluid_\w+/gm));
  const used = new Set<string>();
  const monitoring = await kustomize(`${root}manifests/monitoring`);
  const groups = at(only(monitoring, "PrometheusRule"), "spec.groups") as YamlObject[];
  const dashboard = at(only(monitoring, "ConfigMap"), "data") as Record<string, string>;
  const expressions = [
    ...groups.flatMap((group) => (group["rules"] as YamlObject[]).map((rule) => rule["expr"])),
    ...(dashboard["curvine-fluid.json"] ?? "").split("\n")
      .filter((line) => /"?(expr|query)"?:/.test(line)),
  ];
  for (const expression of expressions) {
    // The label of a state set has the name of its metric.
    const bare = String(expression).replaceAll("{{curvine_fluid_state}}", "");
    for (const [name] of bare.matchAll(/\bcurvine_fluid_\w+/g)) used.add(name);
  }
  assert.ok(used.size >= 10, `found only ${[...used]}`);
  assert.deepEqual([...used].filter((name) => !exported.has(name)), []);
});

Deno.test("the shapes of upstream's own samples are commands of ours", () => {
  // Written after their description: the profile, the class, mountUFS by its old script's path.
  assertKnown("profile", ["/entrypoint.sh", "fluid-thin-runtime"]);
  assertKnown("class", ["/entrypoint.sh", "master", "start"]);
  assertKnown("class", ["/opt/curvine/entrypoint.sh", "client"]);
  assertKnown("mountUFS", ["/app/curvine/mountUfs.sh"]);
  assertKnown("reportSummary", ["/app/curvine/reportSummary.sh"]);
});

Deno.test("the Dockerfile's version is that of deno.json", async () => {
  const version = JSON.parse(await Deno.readTextFile(`${root}deno.json`)).version;
  const dockerfile = await Deno.readTextFile(`${root}Dockerfile`);
  assert.equal(/^ARG VERSION=(.+)$/m.exec(dockerfile)?.[1], version);
  const text = await Deno.readTextFile(`${root}manifests/cache-runtime/base/class.yaml`);
  const tags = [...text.matchAll(/image: \S+curvine-fluid:(\S+)/g)].map((match) => match[1]);
  assert.deepEqual(tags, [version, version, version, version]);
});

Deno.test("the Dockerfile's Deno is the one that compiles", async () => {
  const dockerfile = await Deno.readTextFile(`${root}Dockerfile`);
  const build = await Deno.readTextFile(`${root}.ci/compile.ts`);
  const version = /COMPILER_VERSION = "(.+)"/.exec(build)?.[1];
  assert(version);
  assert.equal(/^ARG DENO_IMAGE=\S+:(\S+)$/m.exec(dockerfile)?.[1], version);
  assert((await Deno.readTextFile(`${root}README.md`)).includes(`Deno ${version}`));
});

Deno.test("the image has a link for every applet and old name of the executable", async () => {
  const script = await Deno.readTextFile(`${root}.ci/image/names.sh`);
  const applets = /^applets=\(([^)]*)\)/m.exec(script)?.[1]?.split(" ") ?? [];
  const { isApplet } = await import("../../../lib/applets/applet.ts");
  assert.deepEqual(applets.filter((name) => !isApplet(name)), []);
  const source = await Deno.readTextFile(`${root}lib/applets/applet.ts`);
  const table = [...source.matchAll(/^ {2}(\w+): \(\) => import/gm)].map((match) => match[1]);
  assert.ok(table.length > 0);
  assert.deepEqual(applets.toSorted(), table.toSorted());
  const listed = /^old_names=\(([^)]*)\)/m.exec(script)?.[1] ?? "";
  const names = new Set(
    listed.split(/\s+/).map((path) => path.replace(/^.*\//, "").replace('"', "")),
  );
  names.delete("");
  assert.deepEqual([...names].toSorted(), Object.keys(OLD_NAMES).toSorted());
});

/** @throws {AssertionError} for what the executable would not take as a command of its own */
function assertKnown(path: string, argv: readonly string[]): void {
  const [program = "", ...args] = argv;
  const called = program.slice(program.lastIndexOf("/") + 1);
  const old = Object.hasOwn(OLD_NAMES, called) ? OLD_NAMES[called] ?? [] : undefined;
  assert.ok(
    old !== undefined || program === "/usr/local/bin/curvine-fluid",
    `${path} runs ${program}, which the image does not have`,
  );
  const [first = "run", ...rest] = [...(old ?? []), ...args];
  if (RUN_WORDS.includes(first) || first === "run") {
    const words = first === "run" ? rest : [first, ...rest];
    if (words.length > 0) assert.ok(RUN_WORDS.includes(words[0] ?? ""), `${path}: ${argv}`);
    if (words.length > 1) assert.ok(RUN_ACTIONS.includes(words[1] ?? ""), `${path}: ${argv}`);
    assert.ok(words.length <= 2, `${path}: ${argv}`);
    return;
  }
  const spec = findCommand(first);
  assert.ok(spec, `${path}: there is no command ${first}`);
  parseArguments(first, rest, spec.flags);
}

/** Every variable of ours, Fluid's or Curvine's that the code names, and Kubernetes' own. */
async function variablesInCode(): Promise<Set<string>> {
  // Named by a manifest for itself: for a subPathExpr, and for the daemons.
  const found = new Set(["POD_NAME"]);
  const walk = async (folder: string): Promise<void> => {
    for await (const entry of Deno.readDir(folder)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) await walk(path);
      else {
        const text = await Deno.readTextFile(path);
        for (const [name] of text.matchAll(/(CURVINE|FLUID|ORPC)_[A-Z_]+/g)) found.add(name);
      }
    }
  };
  await walk(`${root}lib`);
  const { settingSpecs } = await import("../../../lib/plan/settings.ts");
  for (const { variable } of Object.values(settingSpecs())) found.add(variable);
  return found;
}

function only(objects: readonly YamlObject[], kind: string): YamlObject {
  const found = objects.filter((object) => object["kind"] === kind);
  assert.equal(found.length, 1, kind);
  return found[0] as YamlObject;
}

function key(object: YamlObject): string {
  return `${object["kind"]} ${nameOf(object)}`;
}

function kustomizations(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) =>
    entry.isDirectory
      ? kustomizations(`${folder}/${entry.name}`)
      : entry.name === "kustomization.yaml"
      ? [folder]
      : []
  );
}

function hasKubectl(): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => exists(`${folder}/kubectl`));
}
