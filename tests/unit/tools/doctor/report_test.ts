import assert from "node:assert/strict";
import { styleFor } from "../../../../lib/observe/style.ts";
import { fail, ok, warn } from "../../../../lib/tools/doctor/finding.ts";
import { ANCHORS, linkTo, TROUBLESHOOTING } from "../../../../lib/tools/doctor/pages.ts";
import { isSick, reportJson, reportText } from "../../../../lib/tools/doctor/report.ts";
import { headingAnchors } from "../../../support/markdown.ts";

const PLAIN = styleFor(false, {});
const LONG = "word ".repeat(40).trimEnd();

Deno.test("a finding is a line that begins with its verdict, its mend below it, 80 columns wide", () => {
  const text = reportText([ok("mode", "a client"), warn("mount", LONG, LONG, "mount")], PLAIN);
  const lines = text.split("\n");
  assert.equal(lines[0], "ok    mode: a client");
  assert.match(lines[1] ?? "", /^warn {2}mount: word word/);
  assert(lines.every((line) => line.length <= 80), text);
  assert(lines.some((line) => line.startsWith("      → word")), text);
  assert(lines.includes(`        ${linkTo("mount")}`), text);
});

Deno.test("a finding's list keeps its lines, which hang when they are long", () => {
  const lines = reportText([fail("x", `tried:\n- ${LONG}\n- b`, "y", "mount")], PLAIN).split("\n");
  assert.equal(lines[0], "fail  x: tried:");
  assert.match(lines[1] ?? "", /^ {6}- word/);
  assert.match(lines[2] ?? "", /^ {8}word/);
  assert(lines.includes("      - b"));
});

Deno.test("the end counts, names what fails, and says where to begin", () => {
  const one = reportText([fail("mount", "x", "y", "mount"), ok("mode", "z")], PLAIN);
  assert.match(one, /^1 fail \(mount\), 0 warn, 1 ok$/m);
  assert.doesNotMatch(one, /Begin with/);
  const two = [fail("mount", "x", "y", "mount"), fail("masters", "x", "y", "masters")];
  assert.match(reportText(two, PLAIN), /^Begin with the first fail/m);
  const same = [fail("mount", "x", "y", "mount"), fail("mount", "z", "y", "mount")];
  assert.doesNotMatch(reportText(same, PLAIN), /Begin with/);
  assert.doesNotMatch(reportText([ok("mode", "z")], PLAIN), /docs\//);
});

Deno.test("a summary that is long breaks between its parts", () => {
  const findings = Array.from({ length: 9 }, (_, n) => fail(`subject-${n}`, "x", "y", "mount"));
  const text = reportText([...findings, ok("mode", "z")], PLAIN);
  assert(text.split("\n").every((line) => line.length <= 80), text);
  assert.match(text, /\b9 fail \(subject-0, /);
  assert.match(text, /\b0 warn, 1 ok$|^1 ok$/m);
});

Deno.test("colours change nothing but the colour", () => {
  const findings = [fail("mount", LONG, LONG, "mount"), ok("mode", "z")];
  const coloured = reportText(findings, styleFor(true, {}));
  assert.notEqual(coloured, reportText(findings, PLAIN));
  // deno-lint-ignore no-control-regex
  assert.equal(coloured.replace(/\x1b\[\d+m/g, ""), reportText(findings, PLAIN));
});

Deno.test("JSON has every finding with its link, the counts, and whether all is well", () => {
  const report = JSON.parse(
    reportJson([warn("kernel", "old", "a newer one", "stale"), ok("mode", "z")]),
  );
  assert.deepEqual(report, {
    ok: true,
    counts: { fail: 0, warn: 1, ok: 1 },
    findings: [
      {
        verdict: "warn",
        name: "kernel",
        seen: "old",
        mend: "a newer one",
        link: "docs/troubleshooting.md#a-stale-mount",
      },
      { verdict: "ok", name: "mode", seen: "z" },
    ],
  });
});

Deno.test("only a fail makes sick", () => {
  assert(!isSick([warn("kernel", "x", "y", "stale"), ok("mode", "z")]));
  assert(isSick([ok("mode", "z"), fail("kernel", "x", "y", "stale")]));
});

Deno.test("every link of a finding leads to a heading", async () => {
  const root = new URL("../../../../", import.meta.url);
  const there = headingAnchors(await Deno.readTextFile(new URL(TROUBLESHOOTING, root)));
  for (const [page, anchor] of Object.entries(ANCHORS)) {
    assert(there.includes(anchor), `${page}: ${TROUBLESHOOTING} has no heading for #${anchor}`);
  }
});
