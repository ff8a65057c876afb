import { configProbe } from "./config.ts";
import { journalProbe } from "./masters/journal_probe.ts";
import { mastersProbe } from "./masters/masters_probe.ts";
import { modeProbe } from "./mode.ts";
import { portsProbe } from "./ports.ts";
import type { Probe } from "./probe.ts";

/**
 * All that is looked at. The order is that of the findings: what comes first may be the cause of what
 * follows.
 */
export const PROBES: readonly Probe[] = [
  modeProbe,
  configProbe,
  mastersProbe,
  journalProbe,
  portsProbe,
];
