import assert from "node:assert/strict";
import { isPlainStart } from "../../../lib/dispatch/is_plain_start.ts";

Deno.test("a component's start is plain, whatever of our names it is called by", () => {
  for (const args of [[], ["run"], ["worker", "start"], ["run", "fluid-thin-runtime"]]) {
    assert.ok(isPlainStart("/usr/local/bin/curvine-fluid", args), args.join(" "));
  }
  for (const path of ["curvine-fluid-arm64", "/entrypoint.sh", "fluid-entrypoint.sh"]) {
    assert.ok(isPlainStart(path, ["master", "start"]), path);
  }
});

Deno.test("what has a flag, another command or another program's name is no plain start", () => {
  for (
    const args of [["health"], ["worker", "stop"], ["worker", "--help"], ["run", "--x=1"], [""]]
  ) {
    assert.equal(isPlainStart("curvine-fluid", args), false, args.join(" "));
  }
  for (const path of ["/bin/uname", "mountUfs.sh", "generate_config.py", "toString", ""]) {
    assert.equal(isPlainStart(path, []), false, path);
  }
});
