/**
 * Says how a run of CI went: what was not in order, then the plain line `N passed, N failed`.
 *
 *   deno run --allow-read .ci/verdict.ts JUNIT.xml STEP=EXIT_CODE…
 *
 * The counts are those of `deno test --junit-path`. Every step that failed counts as one more, but
 * for the tests, whose failures are counted already; a run without a test failed, too.
 */
import { countTests } from "./verdict/count_tests.ts";

/** What the failing of a step means. */
const MEANINGS: Readonly<Record<string, string>> = {
  packages: "what the tests need could not be installed",
  checks: "format, lint or types are not in order",
  tests: "the tests did not come to their end",
  image: "the image cannot be built, or is heavier than it may be",
};

const [junit = "", ...steps] = Deno.args;
let { passed, failed } = countTests(await Deno.readTextFile(junit).catch(() => ""));
for (const step of steps) {
  const [name = "", code = ""] = step.split("=");
  if (code === "0" || (name === "tests" && failed > 0)) continue;
  say(`${MEANINGS[name] ?? name} (exit code ${code})`);
  failed++;
}
if (passed + failed === 0) {
  say("no test ran");
  failed++;
}
say(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
