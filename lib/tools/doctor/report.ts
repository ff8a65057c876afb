import type { Style } from "../../observe/style.ts";
import { wrapText } from "../../text/wrap_text.ts";
import type { Finding, Verdict } from "./finding.ts";
import { DOCS_FOLDER, linkTo } from "./pages.ts";

const VERDICTS: readonly Verdict[] = ["fail", "warn", "ok"];

/** The findings for a person, 80 columns wide. */
export function reportText(findings: readonly Finding[], style: Style): string {
  const lines = findings.flatMap((finding) => findingLines(finding, style));
  return [...lines, "", ...summary(findings)].map((line) => `${line}\n`).join("");
}

/** The findings for a program. */
export function reportJson(findings: readonly Finding[]): string {
  const report = {
    ok: !isSick(findings),
    counts: Object.fromEntries(VERDICTS.map((verdict) => [verdict, of(verdict, findings).length])),
    findings: findings.map(({ page, ...finding }) => ({
      ...finding,
      ...(page === undefined ? {} : { link: linkTo(page) }),
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** Whether anything fails. */
export function isSick(findings: readonly Finding[]): boolean {
  return of("fail", findings).length > 0;
}

const INDENT = " ".repeat(6);

function findingLines({ verdict, name, seen, mend, page }: Finding, style: Style): string[] {
  const [first = "", ...rest] = wrapped(`${name}: ${seen}`, verdict.padEnd(INDENT.length), INDENT);
  return [
    painted(verdict, style) + first.slice(verdict.length),
    ...rest,
    ...(mend === undefined ? [] : wrapped(mend, `${INDENT}→ `, `${INDENT}  `)),
    ...(page === undefined ? [] : [style.dim(`${INDENT}  ${linkTo(page)}`)]),
  ];
}

/** What has lines of its own keeps them. */
function wrapped(text: string, first: string, rest: string): string[] {
  return text.split("\n").flatMap((line, index) =>
    wrapText(line, index === 0 ? first : rest, line.startsWith("- ") ? `${rest}  ` : rest)
  );
}

function painted(verdict: Verdict, style: Style): string {
  switch (verdict) {
    case "ok":
      return style.good(verdict);
    case "warn":
      return style.doubtful(verdict);
    case "fail":
      return style.bad(verdict);
  }
}

function summary(findings: readonly Finding[]): string[] {
  const counts = VERDICTS.map((verdict) => {
    const those = of(verdict, findings);
    const names = [...new Set(those.map(({ name }) => name))];
    const listed = verdict === "ok" || names.length === 0 ? "" : ` (${names.join(", ")})`;
    // A count stays with its word.
    return `${those.length}\u00a0${verdict}${listed}`;
  });
  const sick = of("fail", findings).map(({ name }) => name);
  return [
    ...wrapText(counts.join(", "), "", "").map((line) => line.replaceAll("\u00a0", " ")),
    ...(new Set(sick).size > 1
      ? ["Begin with the first fail: those below it may come from it."]
      : []),
    ...(findings.some(({ page }) => page !== undefined) ? [`docs/ is at ${DOCS_FOLDER}`] : []),
  ];
}

function of(verdict: Verdict, findings: readonly Finding[]): readonly Finding[] {
  return findings.filter((finding) => finding.verdict === verdict);
}
