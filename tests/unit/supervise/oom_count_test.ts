import assert from "node:assert/strict";
import { OomCount } from "../../../lib/supervise/oom_count.ts";

Deno.test("a daemon was ended for lack of memory where the kernel has counted one since", () => {
  let kills = 3;
  const count = new OomCount({ oomKills: () => kills });
  count.begin();
  assert.equal(count.explains({ code: 137, signal: "SIGKILL" }), false, "those of before");
  kills++;
  // A later start begins no new count: the kernel may have been quicker.
  count.begin();
  assert.equal(count.explains({ code: 137, signal: "SIGKILL" }), true);
  assert.equal(count.explains({ code: 137, signal: "SIGKILL" }), false, "told already");
  kills++;
  assert.equal(count.explains({ code: 1 }), false, "somebody else's end");
});
