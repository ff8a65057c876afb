import assert from "node:assert/strict";
import { detectMode, type Facts } from "../../../lib/plan/detect_mode.ts";

type Given = {
  words?: string[];
  env?: Record<string, string>;
  hostname?: string;
  files?: string[];
};

function detect({ words = [], env = {}, hostname = "", files = [] }: Given): ReturnType<
  typeof detectMode
> {
  const facts: Facts = { words, env, hostname, isFile: (path) => files.includes(path) };
  return detectMode(facts);
}

const THIN = { FLUID_RUNTIME_TYPE: "thin" };
const CACHE = { FLUID_RUNTIME_TYPE: "cache" };
const COMPONENT = { FLUID_RUNTIME_COMPONENT_TYPE: "worker" };
const CONFIG = { FLUID_RUNTIME_CONFIG_PATH: "/c/runtime.json" };

// The four rules and every pair of them: the lower number wins.
const MODES: [why: string, given: Given, mode: string][] = [
  ["1: type thin", { env: THIN }, "thin-runtime"],
  ["1: type cache", { env: CACHE }, "cache-runtime"],
  ["1: any other type", { env: { FLUID_RUNTIME_TYPE: "alluxio" } }, "cache-runtime"],
  ["1 over 2", { env: CACHE, words: ["fluid-thin-runtime"] }, "cache-runtime"],
  ["1 over 3, a component type", { env: { ...THIN, ...COMPONENT } }, "thin-runtime"],
  [
    "1 over 3, a file",
    { env: { ...THIN, ...CONFIG }, files: ["/c/runtime.json"] },
    "thin-runtime",
  ],
  ["1 over 4: a component word does not count", { env: THIN, words: ["master"] }, "thin-runtime"],
  ["2: the word", { words: ["fluid-thin-runtime"] }, "thin-runtime"],
  ["2 over 3", { words: ["fluid-thin-runtime"], env: COMPONENT }, "thin-runtime"],
  [
    "2 over 3, a file",
    { words: ["fluid-thin-runtime"], env: CONFIG, files: ["/c/runtime.json"] },
    "thin-runtime",
  ],
  ["2 only as the first word", { words: ["worker", "fluid-thin-runtime"] }, "standalone"],
  ["3: a component type", { env: COMPONENT }, "cache-runtime"],
  ["3: the file exists", { env: CONFIG, files: ["/c/runtime.json"] }, "cache-runtime"],
  ["3: the file does not exist", { env: CONFIG }, "standalone"],
  ["3: the default file", { files: ["/etc/fluid/config/runtime.json"] }, "cache-runtime"],
  ["3: the older default file", { files: ["/etc/fluid/config/config.json"] }, "cache-runtime"],
  ["4: nothing", {}, "standalone"],
  ["4: a component word alone", { words: ["master", "start"] }, "standalone"],
  ["4: an empty variable is unset", { env: { FLUID_RUNTIME_TYPE: "" } }, "standalone"],
];
for (const [why, given, mode] of MODES) {
  Deno.test(`mode rule ${why} gives ${mode}`, () => {
    const found = detect(given);
    assert.equal(found.mode, mode);
    assert.match(found.reasons[0] ?? "", new RegExp(`^${mode}: .{10}`));
  });
}

const COMPONENTS: [why: string, given: Given, component: string | undefined][] = [
  [
    "argv over env and host name",
    { words: ["master"], env: COMPONENT, hostname: "lake-client-x" },
    "master",
  ],
  ["env over the host name", { env: COMPONENT, hostname: "lake-master-0" }, "worker"],
  ["the host name", { env: CACHE, hostname: "lake-master-0" }, "master"],
  [
    "the last component in the host name",
    { env: CACHE, hostname: "my-worker-client-x7" },
    "client",
  ],
  ["a full host name", { env: CACHE, hostname: "lake-worker-1.svc.ai" }, "worker"],
  ["transfer by word", { words: ["transfer", "start"] }, "transfer"],
  ["nothing", { env: CACHE, hostname: "node-7" }, undefined],
  [
    "a component within a word does not count",
    { env: CACHE, hostname: "postmaster-1" },
    undefined,
  ],
  ["thin has only fuse", { env: THIN, words: ["master"], hostname: "x-worker-1" }, "fuse"],
  [
    "an unknown type leaves the host name",
    { env: { FLUID_RUNTIME_COMPONENT_TYPE: "coordinator" }, hostname: "lake-worker-0" },
    "worker",
  ],
];
for (const [why, given, component] of COMPONENTS) {
  Deno.test(`component by ${why}: ${component ?? "none"}`, () => {
    const found = detect(given);
    assert.equal(found.component, component);
    assert.match(found.reasons[1] ?? "", new RegExp(`^${component ?? "no component"}: .{10}`));
  });
}

const PATHS: [why: string, given: Given, path: string | undefined][] = [
  ["what the variable says, existing or not", { env: { ...THIN, ...CONFIG } }, "/c/runtime.json"],
  ["cache, none exists", { env: COMPONENT }, "/etc/fluid/config/runtime.json"],
  [
    "cache, only the older",
    { env: COMPONENT, files: ["/etc/fluid/config/config.json"] },
    "/etc/fluid/config/config.json",
  ],
  [
    "cache, both",
    {
      env: COMPONENT,
      files: ["/etc/fluid/config/config.json", "/etc/fluid/config/runtime.json"],
    },
    "/etc/fluid/config/runtime.json",
  ],
  ["thin, none exists", { env: THIN }, "/etc/fluid/config/config.json"],
  [
    "thin, only the older",
    { env: THIN, files: ["/etc/fluid/config.json"] },
    "/etc/fluid/config.json",
  ],
  [
    "thin, both",
    { env: THIN, files: ["/etc/fluid/config.json", "/etc/fluid/config/config.json"] },
    "/etc/fluid/config/config.json",
  ],
  ["standalone has none", { words: ["master"] }, undefined],
];
for (const [why, given, path] of PATHS) {
  Deno.test(`runtime config path: ${why}`, () => assert.equal(detect(given).configPath, path));
}

Deno.test("an unknown component type is quoted with what is wanted", () => {
  const { reasons } = detect({ env: { FLUID_RUNTIME_COMPONENT_TYPE: "mastr" } });
  assert.match(reasons[1] ?? "", /"mastr", wanted master, worker, client or transfer/);
});

Deno.test("a runtime config that is named and not there is told as the reason for standalone", () => {
  const told = (env: Record<string, string>) => detect({ env }).reasons[0];
  assert.equal(
    told(CONFIG),
    'standalone: FLUID_RUNTIME_CONFIG_PATH names no file: "/c/runtime.json"',
  );
  assert.match(told({ FLUID_RUNTIME_CONFIG_PATH: "" }) ?? "", /: no environment variable/);
});
