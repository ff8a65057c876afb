import assert from "node:assert/strict";
import { countTests } from "../../../.ci/verdict/count_tests.ts";

/** As `deno test --junit-path` writes it. */
const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="9" failures="2" errors="1" time="0.490">
    <testsuite name="./a_test.ts" tests="6" disabled="1" errors="0" failures="2">
        <testcase name="b" classname="./a_test.ts" time="0.001" line="1" col="29">
            <failure message="Uncaught Error: &lt;testsuite tests=&quot;9&quot;&gt;">Error</failure>
        </testcase>
    </testsuite>
    <testsuite name="./b_test.ts" tests="3" disabled="0" errors="1" failures="0">
    </testsuite>
</testsuites>`;

Deno.test("tests are counted over all files; one that was left out is neither passed nor failed", () => {
  assert.deepEqual(countTests(REPORT), { passed: 5, failed: 3 });
});

Deno.test("a report that is missing or cut off before its tests has none", () => {
  assert.deepEqual(countTests(""), { passed: 0, failed: 0 });
  assert.deepEqual(countTests(REPORT.slice(0, 120)), { passed: 0, failed: 0 });
});
