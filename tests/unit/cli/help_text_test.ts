import assert from "node:assert/strict";
import { commandHelp } from "../../../lib/cli/help_text.ts";

Deno.test("help: flags stand in a column; one too long for it has a line of its own", () => {
  const [fits, long] = ["a".repeat(22), "b".repeat(23)];
  const help = commandHelp({
    name: "try",
    summary: "Try it",
    operands: "[FILE]",
    flags: [
      { name: "in", value: "DIR", summary: "Where" },
      { name: fits, summary: "Fits" },
      { name: long, summary: "Long" },
    ],
    examples: [],
  });
  const lines = help.split("\n");
  assert(lines.includes("Usage: curvine-fluid try [FLAGS] [FILE]"), help);
  assert(lines.includes(`  --in DIR${" ".repeat(18)}Where`), help);
  assert(lines.includes(`  --${fits}  Fits`), help);
  assert(help.includes(`\n  --${long}\n${" ".repeat(28)}Long\n`), help);
});
