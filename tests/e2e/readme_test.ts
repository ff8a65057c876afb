import assert from "node:assert/strict";
import { missing } from "../support/requirements.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

Deno.test({
  name: "deno task demo ends by itself, with 0, and tells what became of every trouble",
  ignore: missing("executable", "root", "fuse", "tool:bindfs"),
  async fn(): Promise<void> {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "demo"],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert.equal(code, 0, text + new TextDecoder().decode(stderr));
    assert.match(text, /worker: FLUID_RUNTIME_COMPONENT_TYPE is "worker"/);
    assert.match(text, /Kept: daemon \d+ has taken the mount over/);
    assert.match(text, /Refused, and what runs goes on/);
    assert.match(text, /Applied by a hot reload: the mount is the same/);
    assert.match(
      text,
      /The end: run exited with 0; no process of the daemon is left, and no mount/,
    );
  },
});
