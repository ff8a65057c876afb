import assert from "node:assert/strict";
import {
  completeSummary,
  hasCapacity,
  lacksHitRatio,
  readReport,
  readSummary,
} from "../../../lib/operate/summary.ts";

Deno.test("summary: the last line of JSON that has `cached` counts, numbers become text", () => {
  const printed = '{"cached":"1B"}\nWARN {"not":1}\n{"other":"x"}\n' +
    '  {"cached":"2B","cachedPercentage":12.5,"x":true,"y":"z"}  \nbye\n';
  assert.deepEqual(readSummary(printed), {
    cached: "2B",
    cachedPercentage: "12.5",
    cacheCapacity: "0",
    cacheHitRatio: "0",
    x: "true",
    y: "z",
  });
  for (const nothing of ["", "[]", "null", '{"cached":', '"cached"', '{"other":1}']) {
    assert.equal(readSummary(nothing), undefined, nothing);
  }
});

Deno.test("report: the leader and the sizes, in binary units, between lines of a log", () => {
  const printed = 'INFO start\n{\n "active_master": "m:8995",\n "fs_used": 1536,\n' +
    ' "capacity": 1099511627776,\n "inode_file_num": 7\n}\nINFO end\n';
  assert.deepEqual(readReport(printed), {
    activeMaster: "m:8995",
    summary: {
      cached: "1.50KiB",
      cachedPercentage: "0",
      cacheCapacity: "1.00TiB",
      cacheHitRatio: "0",
      fileNum: "7",
      ufsTotal: "0",
    },
  });
});

Deno.test("report: what is missing is not made up", () => {
  assert.deepEqual(readReport("nothing"), { activeMaster: undefined, summary: undefined });
  assert.deepEqual(readReport('{"active_master":"","fs_used":1}'), {
    activeMaster: undefined,
    summary: undefined,
  });
  assert.equal(readReport('{"capacity":1}').summary, undefined);
  assert.equal(readReport('{"active_master":3}').activeMaster, undefined);
  assert.equal(readReport('{"fs_used":0,"capacity":0}').summary?.["fileNum"], "0");
});

Deno.test("report: every size is written with the unit that it reaches", () => {
  const written = (bytes: number): string | undefined =>
    readReport(JSON.stringify({ fs_used: bytes, capacity: 0 })).summary?.["cached"];
  assert.equal(written(0), "0.00B");
  assert.equal(written(1023), "1023.00B");
  assert.equal(written(1024), "1.00KiB");
  assert.equal(written(1024 ** 2 - 1), "1024.00KiB");
  assert.equal(written(1024 ** 3), "1.00GiB");
  assert.equal(written(5 * 1024 ** 6), "5.00EiB");
  assert.equal(written(1024 ** 7), "1024.00EiB");
});

Deno.test("summary: percentages are filled in where Curvine leaves 0 and the data allows", () => {
  const of = (cached: string, ufsTotal: string, cachedPercentage = "0"): string | undefined =>
    completeSummary({ cached, ufsTotal, cachedPercentage }, undefined)["cachedPercentage"];
  assert.equal(of("1GiB", "4GiB"), "25.0%");
  assert.equal(of("1GB", "4G"), "25.0%", "all units are binary");
  assert.equal(of("512", "1K"), "50.0%");
  assert.equal(of("8GiB", "4GiB"), "100.0%", "never more than all");
  assert.equal(of("0", "4GiB"), "0.0%");
  assert.equal(of("1GiB", "0"), "0", "a part of nothing is no number");
  assert.equal(of("much", "4GiB"), "0");
  assert.equal(of("1GiB", "much"), "0");
  assert.equal(of("1GiB", "4GiB", "7%"), "7%", "what Curvine says stays");
  assert.equal(of("1GiB", "4GiB", "0.0%"), "25.0%");
  assert.equal(of("1GiB", "4GiB", ""), "25.0%");
});

Deno.test("summary: the hit ratio is that of all clients' counters", () => {
  const metrics = [
    "# HELP client_mount_cache_hits hits",
    'client_mount_cache_hits{id="1"} 30',
    'client_mount_cache_hits{id="2"} 1e1',
    "client_mount_cache_misses 60",
    'client_mount_cache_misses{id="x"} NaN',
    "client_mount_cache_hits_total 1000",
    "broken",
  ].join("\n");
  const ratio = (text: string | undefined, cacheHitRatio = "0"): string | undefined =>
    completeSummary({ cacheHitRatio }, text)["cacheHitRatio"];
  assert.equal(ratio(metrics), "40.0%");
  assert.equal(ratio(metrics, "12%"), "12%");
  assert.equal(ratio(undefined), "0");
  assert.equal(ratio("client_mount_cache_misses 5"), "0.0%");
});

Deno.test("summary: no capacity is a size of zero; a text that is no size counts as room", () => {
  assert.equal(hasCapacity({ cacheCapacity: "0" }), false);
  assert.equal(hasCapacity({ cacheCapacity: "0.00B" }), false);
  assert.equal(hasCapacity({ cacheCapacity: "1B" }), true);
  assert.equal(hasCapacity({ cacheCapacity: "some" }), true);
  assert.equal(hasCapacity({}), true);
  assert.equal(lacksHitRatio({ cacheHitRatio: " 0.0 % " }), true);
  assert.equal(lacksHitRatio({}), true);
  assert.equal(lacksHitRatio({ cacheHitRatio: "0.1%" }), false);
});
