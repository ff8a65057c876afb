import assert from "node:assert/strict";
import { styleFor } from "../../../lib/observe/style.ts";
import type { Finding } from "../../../lib/tools/doctor/finding.ts";
import { ANCHORS, type Page } from "../../../lib/tools/doctor/pages.ts";
import { reportText } from "../../../lib/tools/doctor/report.ts";
import { WHOLE_MS } from "../../../lib/tools/doctor/time_limits.ts";
import { assertSnapshot } from "../../support/snapshot.ts";

/** What doctor did somewhere: once for a person and once for a program, side by side. */
export interface Visit {
  readonly text: string;
  readonly json: string;
  readonly errors: string;
  readonly code: number | undefined;
  readonly milliseconds: number;
  /** The mounts and the files, before and after. */
  readonly before: string;
  readonly after: string;
}

/** The name of a snapshot, and what it shows. */
export interface Shown {
  readonly name: string;
  /** The findings that are shown; what depends on the machine the tests run on is left out. */
  readonly shows: readonly string[];
  /** Paths of this run, by the word that stands for them. */
  readonly places?: Readonly<Record<string, string>>;
}

/**
 * Holds that doctor ended in time, exited as its findings say, stayed within 80 columns, changed
 * nothing, and found what the snapshot shows.
 */
export async function assertShown(
  { name, shows, places = {} }: Shown,
  visit: Visit,
): Promise<void> {
  assert.equal(visit.errors, "");
  const report = JSON.parse(visit.json) as Report;
  assert.equal(visit.code, report.ok ? 0 : 1);
  assert(visit.milliseconds < WHOLE_MS, `took ${visit.milliseconds} ms`);
  assert.equal(visit.after, visit.before, "doctor changed something");
  for (const line of visit.text.split("\n")) {
    // A word that is longer than the rest of its line stands on one of its own.
    assert(line.length <= 80 || /^\s*\S+$/.test(line) || line.includes("://"), line);
  }
  const findings = report.findings.filter((finding) => shows.includes(finding.name))
    .map((finding) => steady(finding, places));
  await assertSnapshot(`doctor/${name}.txt`, reportText(findings, styleFor(false, {})));
}

interface Report {
  readonly ok: boolean;
  readonly findings: readonly (Omit<Finding, "page"> & { readonly link?: string })[];
}

function steady(
  { link, mend, ...finding }: Report["findings"][number],
  places: Readonly<Record<string, string>>,
): Finding {
  const page = Object.entries(ANCHORS).find(([, anchor]) => link?.endsWith(`#${anchor}`))?.[0];
  return {
    ...finding,
    seen: masked(finding.seen, places),
    ...(mend === undefined ? {} : { mend: masked(mend, places) }),
    ...(page === undefined ? {} : { page: page as Page }),
  };
}

/** What differs from run to run. */
function masked(text: string, places: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [word, path] of Object.entries(places)) result = result.replaceAll(path, word);
  return result.replaceAll(/\b\d+ ms\b/g, "N ms").replaceAll(/\b\d+\.\d s\b/g, "N s")
    .replaceAll(/\(pid \d+\)/g, "(pid N)").replaceAll(/\bprocess \d+(?:, \d+)*/g, "process N")
    .replaceAll(/\b\d+ s (?=ahead of|behind)/g, "N s ")
    .replaceAll(/\bfor \d+(?:\.\d+)? s\b/g, "for N s");
}
