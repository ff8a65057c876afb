import type { Finding } from "./finding.ts";
import type { Page } from "./pages.ts";
import type { Patient } from "./patient.ts";

/** One subject that is looked at. */
export interface Probe {
  /** The name of its findings, for when it has none to give in time. */
  readonly name: string;
  /** Where to look when it does not come back. */
  readonly page: Page;
  /** Looks, and judges. Must keep its own parts within its limit, so that something is found. */
  look(patient: Patient): Promise<readonly Finding[]> | readonly Finding[];
}
