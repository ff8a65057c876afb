import assert from "node:assert/strict";
import { plainCommand } from "../../../lib/dispatch/plain_command.ts";

Deno.test("a component's start is plain, whatever of our names it is called by", () => {
  for (const args of [[], ["run"], ["client", "start"], ["run", "fluid-thin-runtime"]]) {
    assert.equal(plainCommand("/usr/local/bin/curvine-fluid", args), "start", args.join(" "));
  }
  for (const path of ["curvine-fluid-arm64", "/entrypoint.sh", "fluid-entrypoint.sh"]) {
    assert.equal(plainCommand(path, ["client", "start"]), "start", path);
  }
});

Deno.test("a server's start is told from the others", () => {
  for (const args of [["master", "start"], ["worker"], ["transfer", "start"]]) {
    assert.equal(plainCommand("curvine-fluid", args), "server", args.join(" "));
  }
});

Deno.test("a probe is plain, of whichever component", () => {
  for (const args of [[], ["--ready"], ["--live"], ["master"], ["worker", "--live"]]) {
    assert.equal(plainCommand("curvine-fluid", ["health", ...args]), "probe", args.join(" "));
  }
});

Deno.test("a question to a mount is plain", () => {
  assert.equal(plainCommand("curvine-fluid", ["ask-mount", "teach", "/m", "/f"]), "ask");
  assert.equal(plainCommand("curvine-fluid", ["ask-mount", "--help"]), undefined);
  assert.equal(plainCommand("/entrypoint.sh", ["ask-mount", "size", "/m"]), undefined);
});

Deno.test("what has another flag, another command or another program's name is not plain", () => {
  for (
    const args of [
      ["health", "--help"],
      ["health", "pod"],
      ["render"],
      ["worker", "stop"],
      ["worker", "--help"],
      ["worker", "--live"],
      ["run", "--x=1"],
      [""],
    ]
  ) {
    assert.equal(plainCommand("curvine-fluid", args), undefined, args.join(" "));
  }
  for (const word of ["run", "health"]) {
    assert.equal(plainCommand("/entrypoint.sh", [word, "master"]), undefined, word);
  }
  for (const path of ["/bin/uname", "mountUfs.sh", "generate_config.py", "toString", ""]) {
    assert.equal(plainCommand(path, []), undefined, path);
    assert.equal(plainCommand(path, ["health"]), undefined, path);
  }
});
