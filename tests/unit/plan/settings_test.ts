import assert from "node:assert/strict";
import fc from "../../support/fast_check.ts";
import { ConfigError } from "../../../lib/plan/config_error.ts";
import { parseDuration } from "../../../lib/text/duration.ts";
import { readSettings, settingSpecs } from "../../../lib/plan/settings.ts";

Deno.test("durations: units, decimals, a bare number is seconds", () => {
  const cases = { "250ms": 250, "25s": 25_000, "5m": 300_000, "1h": 3_600_000, "2": 2000, "0": 0 };
  for (const [text, expected] of Object.entries(cases)) assert.equal(parseDuration(text), expected);
  assert.equal(parseDuration("0.25s"), 250);
  assert.equal(parseDuration(" 5 s "), 5000);
});

Deno.test("durations: anything else is refused", () => {
  for (const text of ["", "s", "-1s", "1d", "1e3", "0x10", "1.s", "Infinity", "5 s s", "١s"]) {
    assert.equal(parseDuration(text), undefined, text);
  }
  fc.assert(fc.property(fc.string(), (text) => {
    const duration = parseDuration(text);
    assert.ok(duration === undefined || (Number.isSafeInteger(duration) && duration >= 0));
  }));
});

Deno.test("the defaults are those of DESIGN", () => {
  const settings = readSettings({});
  assert.equal(settings.startTimeout, 180_000);
  assert.equal(settings.stopTimeout, 25_000);
  assert.equal(settings.restartDelay, 500);
  assert.equal(settings.restartMaxDelay, 30_000);
  assert.equal(settings.restartLimit, 10);
  assert.equal(settings.stableAfter, 60_000);
  assert.equal(settings.hangTimeout, 300_000);
  assert.equal(settings.probeInterval, 10_000);
  assert.equal(settings.probeTimeout, 5000);
  assert.equal(settings.watchConfig, true);
  assert.equal(settings.runDir, "/run/curvine-fluid");
  assert.equal(settings.httpAddr, undefined);
  assert.equal(settings.terminationLog, "/dev/termination-log");
  assert.deepEqual([settings.logFormat, settings.logLevel], ["text", "info"]);
  assert.deepEqual([settings.supervise, settings.allowFormat], [undefined, undefined]);
});

Deno.test("every preset can be read by its own reader", () => {
  for (const spec of Object.values(settingSpecs())) {
    if (spec.preset !== "") assert.notEqual(spec.read(spec.preset), undefined, spec.variable);
  }
});

Deno.test("0 turns limits off, but is a delay like any other", () => {
  const settings = readSettings({
    CURVINE_FLUID_HANG_TIMEOUT: "0",
    CURVINE_FLUID_RESTART_LIMIT: "0",
    CURVINE_FLUID_STOP_TIMEOUT: "0s",
    CURVINE_FLUID_RESTART_DELAY: "0",
  });
  assert.equal(settings.hangTimeout, Infinity);
  assert.equal(settings.restartLimit, Infinity);
  assert.equal(settings.stopTimeout, Infinity);
  assert.equal(settings.restartDelay, 0);
});

Deno.test("a flag is stronger than its variable, an empty value is none", () => {
  const env = { CURVINE_FLUID_STOP_TIMEOUT: "3s", CURVINE_FLUID_LOG_LEVEL: "" };
  assert.equal(readSettings(env, new Map([["stop-timeout", ["1s", "2s"]]])).stopTimeout, 2000);
  assert.equal(readSettings(env, new Map([["stop-timeout", [""]]])).stopTimeout, 3000);
  assert.equal(readSettings(env).logLevel, "info");
});

Deno.test("addresses: host and port, all addresses, IPv6", () => {
  const read = (text: string): unknown => readSettings({ CURVINE_FLUID_HTTP_ADDR: text }).httpAddr;
  assert.deepEqual(read("127.0.0.1:9004"), { host: "127.0.0.1", port: 9004 });
  assert.deepEqual(read(":9004"), { host: "0.0.0.0", port: 9004 });
  assert.deepEqual(read("[::1]:9004"), { host: "::1", port: 9004 });
  assert.throws(() => read("9004"), ConfigError);
  assert.throws(() => read("host:70000"), ConfigError);
});

Deno.test("everything that is wrong is told at once, with where and what is wanted", () => {
  try {
    readSettings(
      {
        CURVINE_FLUID_START_TIMEOUT: "soon",
        CURVINE_FLUID_WATCH_CONFIG: "maybe",
        CURVINE_FLUID_RUN_DIR: "run",
        CURVINE_FLUID_RESTART_LIMIT: "-1",
      },
      new Map([["log-format", ["xml"]]]),
    );
    assert.fail("it was taken");
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.deepEqual(error.problems.map(({ path }) => path), [
      "$CURVINE_FLUID_START_TIMEOUT",
      "$CURVINE_FLUID_RESTART_LIMIT",
      "$CURVINE_FLUID_WATCH_CONFIG",
      "$CURVINE_FLUID_RUN_DIR",
      "--log-format",
    ]);
    assert.match(error.message, /value is "soon", wanted a duration such as 250ms/);
  }
});

Deno.test("booleans are true, yes, on or 1 and their negatives, in any case", () => {
  for (const name of ["watchConfig", "supervise", "writeMountScript"] as const) {
    const { variable, flag } = settingSpecs()[name];
    for (const [words, expected] of [["true Yes ON 1", true], ["false No OFF 0", false]] as const) {
      for (const word of words.split(" ")) {
        assert.equal(readSettings({ [variable]: word })[name], expected, `${variable}=${word}`);
        assert.equal(readSettings({}, new Map([[flag, [word]]]))[name], expected, word);
      }
    }
    for (const word of ["2", "maybe", "y", "truey"]) {
      assert.throws(() => readSettings({ [variable]: word }), ConfigError, word);
    }
  }
});

Deno.test("what is off by default may be said to be off, words may be in any case", () => {
  for (const word of ["off", "No", "false", "0"]) {
    assert.equal(readSettings({ CURVINE_FLUID_ALLOW_FORMAT: word }).allowFormat, undefined);
    assert.equal(readSettings({ CURVINE_FLUID_HTTP_ADDR: word }).httpAddr, undefined);
  }
  assert.equal(readSettings({ CURVINE_FLUID_ALLOW_FORMAT: "ONCE" }).allowFormat, "once");
  assert.equal(readSettings({ CURVINE_FLUID_LOG_FORMAT: "JSON" }).logFormat, "json");
  assert.equal(readSettings({ CURVINE_FLUID_LOG_LEVEL: "Warn" }).logLevel, "warn");
  assert.throws(() => readSettings({ CURVINE_FLUID_ALLOW_FORMAT: "on" }), ConfigError);
  assert.throws(() => readSettings({ CURVINE_FLUID_TERMINATION_LOG: "off" }), ConfigError);
});
