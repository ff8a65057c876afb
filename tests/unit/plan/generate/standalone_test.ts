import assert from "node:assert/strict";
import { at, BASE_PATH, codes, plan } from "../../../support/generation.ts";

Deno.test("a standalone server is a cluster of one on this machine", async () => {
  for (const component of ["master", "worker", "transfer"] as const) {
    const made = await plan({ words: [component, "start"] });
    assert.equal(made.mode, "standalone");
    assert.equal(made.component, component);
    assert.deepEqual(made.process.argv.slice(1, 3), ["--service", component]);
    assert.equal(made.process.policy, "exec");
    assert.equal(made.mount, null);
    assert.equal(at(made, "format_master"), false);
    assert.equal(at(made, "format_worker"), false);
    assert.deepEqual(at(made, "client.master_addrs"), [{ hostname: "localhost", port: 8995 }]);
    assert.deepEqual(at(made, "journal.journal_addrs"), [
      { id: 1, hostname: "localhost", port: 8996 },
    ]);
    assert.deepEqual(codes(made), []);
  }
});

Deno.test("a standalone client mounts where the environment or the base says", async () => {
  const target = async (env: Record<string, string>, base = ""): Promise<unknown> =>
    (await plan({ words: ["client"], env, files: { [BASE_PATH]: base } })).mount?.target;
  assert.equal(await target({}), "/curvine-fuse");
  assert.equal(await target({}, '[fuse]\nmnt_path = "/b"\n'), "/b");
  assert.equal(await target({ CURVINE_TARGET_PATH: "/e" }, '[fuse]\nmnt_path = "/b"\n'), "/e");
});

Deno.test("the base's own names and addresses are kept", async () => {
  const base = `cluster_id = "mine"
[master]
hostname = "m.example"
rpc_port = 18995
[journal]
journal_addrs = [{ id = 7, hostname = "m.example", port = 5 }]
[client]
master_addrs = [{ hostname = "other", port = 1 }]
`;
  const made = await plan({ words: ["master"], files: { [BASE_PATH]: base } });
  assert.equal(at(made, "cluster_id"), "mine");
  assert.equal(at(made, "master.rpc_port"), 18_995);
  assert.equal(at(made, "journal.hostname"), "m.example");
  assert.deepEqual(at(made, "journal.journal_addrs"), [{ id: 7, hostname: "m.example", port: 5 }]);
  assert.deepEqual(at(made, "client.master_addrs"), [{ hostname: "other", port: 1 }]);
});

Deno.test("a base that would format is refused with a warning", async () => {
  const base = "format_master = true\nformat_worker = true\n";
  const made = await plan({ words: ["master"], files: { [BASE_PATH]: base } });
  assert.equal(at(made, "format_master"), false);
  assert.equal(at(made, "format_worker"), false);
  assert.deepEqual(codes(made), ["format-refused", "format-refused"]);
});
