import assert from "node:assert/strict";
import { detectMode, type Facts } from "../../../../lib/plan/detect_mode.ts";
import { judgeConfig } from "../../../../lib/tools/doctor/config.ts";
import { judgeDataLoad } from "../../../../lib/tools/doctor/data_load.ts";
import type { Finding } from "../../../../lib/tools/doctor/finding.ts";
import { judgeMode } from "../../../../lib/tools/doctor/mode.ts";
import { judgeProgram } from "../../../../lib/tools/doctor/program.ts";
import { judgeSecrets } from "../../../../lib/tools/doctor/secrets.ts";
import { judgeSettings } from "../../../../lib/tools/doctor/settings.ts";
import { ConfigError } from "../../../../lib/plan/config_error.ts";
import { cacheConfig, type CacheParts, cacheWorld, draft } from "../../../support/generation.ts";
import { shown } from "../../../support/findings.ts";

function detected(env: Record<string, string>, words: readonly string[] = []): ReturnType<
  typeof detectMode
> {
  const facts: Facts = { words, env, hostname: "node-7", isFile: () => false };
  return detectMode(facts);
}

const HERE = { isDataLoad: false, isPod: true, isHere: true, draft: undefined };

Deno.test("the mode is told with its reasons", () => {
  const detection = detected({
    FLUID_RUNTIME_TYPE: "cache",
    FLUID_RUNTIME_COMPONENT_TYPE: "worker",
  });
  const [finding] = judgeMode({ ...HERE, detection });
  assert.equal(finding?.verdict, "ok");
  assert.match(finding.seen, /FLUID_RUNTIME_TYPE is "cache".*is "worker"/);
});

Deno.test("a pod without Fluid's variables is found: it would start as something else", () => {
  const nothing = judgeMode({ ...HERE, detection: detected({}) });
  assert.equal(shown(nothing), "fail mode mode");
  assert.match(nothing[0]?.mend ?? "", /containers\[0\]/);
  const standalone = judgeMode({ ...HERE, detection: detected({}, ["master"]) });
  assert.equal(shown(standalone), "warn mode mode");
});

Deno.test("Fluid's mode without a component says how one is named", () => {
  const detection = detected({ FLUID_RUNTIME_TYPE: "cache" });
  const [finding] = judgeMode({ ...HERE, detection });
  assert.equal(finding?.verdict, "fail");
  assert.match(finding.mend ?? "", /POD_NAME/);
});

Deno.test("outside a pod nothing tells the component, and the mend is a word", () => {
  const [finding] = judgeMode({ ...HERE, isPod: false, detection: detected({}) });
  assert.match(finding?.mend ?? "", /doctor client/);
});

Deno.test("where Curvine does not run, it is said that only the configuration is looked at", async () => {
  const made = await draft(cacheWorld("client", cacheConfig({})));
  const detection = detected({}, ["client"]);
  const findings = judgeMode({ ...HERE, isPod: false, isHere: false, detection, draft: made });
  assert.equal(shown(findings), "ok mode; ok mode");
  assert.match(findings[1]?.seen ?? "", /curvine-fuse/);
});

Deno.test("a DataLoad's job has no component, and none is missed", () => {
  const findings = judgeMode({ ...HERE, isDataLoad: true, detection: detected({}) });
  assert.equal(shown(findings), "ok mode");
});

/** What is said of a client's configuration, or of one that cannot be used at all. */
async function configOf(
  parts: CacheParts,
  unusable?: ConfigError,
  secretFiles: ReadonlyMap<string, boolean> = new Map(),
): Promise<Finding[]> {
  const made = await draft(cacheWorld("client", cacheConfig(parts)));
  return judgeConfig({
    draft: unusable === undefined ? made : undefined,
    unusable,
    detection: detected({}, ["client"]),
    isDataLoad: false,
    secretFiles,
  });
}

Deno.test("a configuration without a problem is well", async () => {
  assert.equal(shown(await configOf({})), "ok config");
});

Deno.test("each problem of the configuration is a fail with its hint, each warning a warn", async () => {
  const findings = await configOf({
    client: { options: { io_threads: "many", io_thread: "4" } },
  });
  assert.equal(shown(findings), "fail config config; warn config config");
  assert.match(findings[0]?.seen ?? "", /client\.options\.io_threads.*many/);
  assert.match(findings[1]?.seen ?? "", /unknown-option/);
});

Deno.test("a secret that is missing is told by the secrets alone", async () => {
  const path = "/etc/fluid/secrets/a/k";
  const parts = { client: { options: { access_key: path } } };
  assert.equal(shown(await configOf(parts)), "fail config config");
  assert.deepEqual(await configOf(parts, undefined, new Map([[path, false]])), []);
});

Deno.test("of many problems the first are shown, and how many more there are", async () => {
  const problems = Array.from({ length: 20 }, (_, n) => ({ path: `p${n}`, message: "is wrong" }));
  const findings = await configOf({}, new ConfigError("the file", problems));
  assert.equal(findings.length, 9);
  assert.match(findings.at(-1)?.seen ?? "", /^12 more/);
});

Deno.test("a file that cannot be used says why", async () => {
  const [finding] = await configOf({}, new ConfigError("the file", [{ path: "", message: "no" }]));
  assert.equal(finding?.verdict, "fail");
  assert.equal(finding.seen, "the file: no");
});

Deno.test("a secret file that is named and missing is found; the content is nobody's business", () => {
  const secretFiles = new Map([["/etc/fluid/secrets/a/k", true], [
    "/etc/fluid/secrets/b/k",
    false,
  ]]);
  const findings = judgeSecrets({ secretFiles });
  assert.equal(shown(findings), "fail secrets config");
  assert.match(findings[0]?.seen ?? "", /"\/etc\/fluid\/secrets\/b\/k"/);
  assert.equal(shown(judgeSecrets({ secretFiles: new Map([["/x", true]]) })), "ok secrets");
  assert.deepEqual(judgeSecrets({ secretFiles: new Map() }), []);
});

Deno.test("a setting that cannot be read fails, one that nobody reads warns with the nearest", () => {
  const env = { CURVINE_FLUID_HANG_TIMOUT: "5m" };
  const badSettings = [{ path: "$CURVINE_FLUID_STOP_TIMEOUT", message: 'value is "soon"' }];
  const findings = judgeSettings({ env, badSettings });
  assert.equal(shown(findings), "fail settings config; warn settings config");
  assert.match(findings[0]?.seen ?? "", /STOP_TIMEOUT.*soon/);
  assert.match(findings[1]?.mend ?? "", /CURVINE_FLUID_HANG_TIMEOUT/);
});

Deno.test("settings that are set are named, variables that are none of them too", () => {
  const env = { CURVINE_FLUID_LOG_LEVEL: "debug", CURVINE_FLUID_CHECK_MOUNT_TIMEOUT: "3s" };
  const [finding] = judgeSettings({ env, badSettings: [] });
  assert.equal(finding?.verdict, "ok");
  assert.match(finding.seen, /CHECK_MOUNT_TIMEOUT, LOG_LEVEL/);
  assert.match(judgeSettings({ env: {}, badSettings: [] })[0]?.seen ?? "", /defaults/);
});

Deno.test("a program that cannot be executed is found with its path", () => {
  assert.equal(judgeProgram("/x", undefined).verdict, "ok");
  const finding = judgeProgram("/x", "there is no such file");
  assert.equal(shown([finding]), "fail program container");
  assert.match(finding.seen, /"\/x".*no such file/);
});

Deno.test("a job that finds no master says all that was tried", () => {
  const tried = ["neither is set", '"lake-master-0" does not resolve'];
  const findings = judgeDataLoad({ ok: false, tried }, {});
  assert.equal(shown(findings), "fail data-load dataLoad");
  for (const one of tried) assert(findings[0]?.seen.includes(`\n- ${one}`));
  assert.match(findings[0]?.mend ?? "", /set CURVINE_DATALOAD_DATASET/);
  const named = judgeDataLoad({ ok: false, tried }, { CURVINE_DATALOAD_DATASET: "lake" });
  assert.match(named[0]?.mend ?? "", /CURVINE_DATALOAD_NAMESPACE/);
});

Deno.test("a job that finds its masters says which, and how", () => {
  const endpoints = [{ hostname: "m", port: 8995 }];
  const findings = judgeDataLoad(
    { ok: true, endpoints, how: "the label" },
    { FLUID_DATALOAD_DATA_PATH: "/raw" },
  );
  assert.equal(shown(findings), "ok data-load");
  assert.match(findings[0]?.seen ?? "", /"\/raw" from m:8995 \(the label\)/);
});
