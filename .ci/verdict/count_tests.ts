/** How many tests ended how; a test that was left out counts as neither. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Counts the tests of a JUnit report as `deno test --junit-path` writes it.
 *
 * @param report its text; what is no report has no tests
 */
export function countTests(report: string): Count {
  let passed = 0;
  let failed = 0;
  for (const [suite] of report.matchAll(/<testsuite\s[^>]*>/g)) {
    const number = (name: string): number =>
      Number(new RegExp(`\\s${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
    const wrong = number("failures") + number("errors");
    failed += wrong;
    passed += number("tests") - wrong - number("disabled") - number("skipped");
  }
  return { passed, failed };
}
