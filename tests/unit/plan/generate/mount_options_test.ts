import assert from "node:assert/strict";
import { parseMountOptions } from "../../../../lib/plan/generate/mount_options.ts";

const CASES: [text: string, options: Record<string, string>][] = [
  ["", {}],
  ["ro", {}],
  ["ro,noatime", {}],
  ["a=1", { a: "1" }],
  ["ro,a=1,rw,b=2,noatime", { a: "1", b: "2" }],
  ["a=x=y", { a: "x=y" }],
  ["a=", { a: "" }],
  ["fuse_opts=allow_other,noatime,a=1", { fuse_opts: "allow_other,noatime", a: "1" }],
  ["fuse.fuse-opts=allow_other,,ro", { "fuse.fuse-opts": "allow_other,ro" }],
  ["cluster_id=x,master_endpoints=m:1,n:2", { cluster_id: "x", master_endpoints: "m:1,n:2" }],
  ["io-threads=8,noatime", { "io-threads": "8" }],
  [" a=1 , b=2", { a: "1 ", b: "2" }],
];

for (const [text, options] of CASES) {
  Deno.test(`MOUNT_OPTIONS "${text}" holds ${JSON.stringify(options)}`, () => {
    assert.deepEqual(parseMountOptions(text), options);
  });
}
