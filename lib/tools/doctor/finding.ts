import type { Page } from "./pages.ts";

/** How serious a finding is. `warn`: it works, but not as well, or not for long. */
export type Verdict = "ok" | "warn" | "fail";

/** One thing that was looked at, as one line for a person. */
export interface Finding {
  readonly verdict: Verdict;
  /** A stable name for programs, such as `masters`. Several findings may share it. */
  readonly name: string;
  /** What was seen, values quoted; secrets never. */
  readonly seen: string;
  /** What most likely mends it; `ok` has none. */
  readonly mend?: string;
  /** Where the documents say more; `ok` has none. */
  readonly page?: Page;
}

/** All is well. */
export function ok(name: string, seen: string): Finding {
  return { verdict: "ok", name, seen };
}

/** It works, but a person should know. @param mend what most likely mends it */
export function warn(name: string, seen: string, mend: string, page: Page): Finding {
  return { verdict: "warn", name, seen, mend, page };
}

/** It does not work, or will not. @param mend what most likely mends it */
export function fail(name: string, seen: string, mend: string, page: Page): Finding {
  return { verdict: "fail", name, seen, mend, page };
}
