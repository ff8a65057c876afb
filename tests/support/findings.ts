import type { Finding } from "../../lib/tools/doctor/finding.ts";

/** Findings in short: `fail mount stale; ok mode`, each with its verdict, name and page. */
export function shown(findings: readonly Finding[]): string {
  return findings.map(({ verdict, name, page }) =>
    [verdict, name, ...(page === undefined ? [] : [page])].join(" ")
  ).join("; ");
}
