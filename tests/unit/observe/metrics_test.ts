import assert from "node:assert/strict";
import { metrics } from "../../../lib/observe/metrics.ts";
import { SNAPSHOT } from "./sample_snapshot.ts";

/** What OpenMetrics 1.0 asks of a line of ours. */
const META = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/;
const SAMPLE =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*",?)*)\})? (\S+)$/;
const SUFFIX: Readonly<Record<string, string>> = { counter: "_total", info: "_info" };

Deno.test("the text keeps OpenMetrics' rules", () => {
  const text = metrics(SNAPSHOT);
  assert.ok(text.endsWith("\n# EOF\n"));
  const lines = text.slice(0, -"# EOF\n".length).trimEnd().split("\n");
  const types = new Map<string, string>();
  const samples = new Set<string>();
  let family = "";
  for (const line of lines) {
    const meta = META.exec(line);
    if (meta) {
      const [, kind, name = "", value = ""] = meta;
      if (kind === "TYPE") {
        assert.ok(!types.has(name), `${name} comes twice`);
        types.set(name, value);
        family = name;
      }
      if (kind === "UNIT") assert.ok(name.endsWith(`_${value}`), `${name} must end in its unit`);
      assert.equal(name, family, "a family's lines stand together");
      continue;
    }
    const sample = SAMPLE.exec(line);
    assert.ok(sample, `not a sample: ${line}`);
    const [all, name, , value] = sample;
    assert.equal(name, family + (SUFFIX[types.get(family) ?? ""] ?? ""));
    assert.ok(Number.isFinite(Number(value)), line);
    const key = all.slice(0, all.lastIndexOf(" "));
    assert.ok(!samples.has(key), `${key} comes twice`);
    samples.add(key);
  }
});

Deno.test("the figures are those of the snapshot", () => {
  const lines = metrics(SNAPSHOT).split("\n");
  for (
    const line of [
      'curvine_fluid_state{curvine_fluid_state="mounted"} 1',
      'curvine_fluid_state{curvine_fluid_state="backoff"} 0',
      'curvine_fluid_restarts_total{cause="signal",how="takeover"} 1',
      'curvine_fluid_restarts_total{cause="signal",how="cold"} 1',
      "curvine_fluid_takeover_possible 1",
      "curvine_fluid_unserved_seconds_total 0.0525",
      "curvine_fluid_last_remount_seconds 0.0215",
      "curvine_fluid_requests_waiting 3",
      "curvine_fluid_orphans_reaped_total 7",
      "curvine_fluid_config_generation 2",
      'curvine_fluid_reloads_total{result="rejected"} 4',
      "curvine_fluid_ready 1",
      'curvine_fluid_build_info{version="1.2.3"} 1',
    ]
  ) assert.ok(lines.includes(line), line);
});

Deno.test("what is not known is left out", () => {
  const text = metrics({ ...SNAPSHOT, waiting: undefined, lastRemount: undefined });
  assert.doesNotMatch(text, /requests_waiting|last_remount/);
});

Deno.test("label values are escaped", () => {
  const text = metrics({ ...SNAPSHOT, version: 'a"b\\c\nd' });
  assert.ok(text.includes('{version="a\\"b\\\\c\\nd"}'));
});
