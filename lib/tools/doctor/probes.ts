import { configProbe } from "./config.ts";
import { dataLoadProbe } from "./data_load.ts";
import { deviceProbe } from "./device.ts";
import { foldersProbe } from "./folders.ts";
import { limitsProbe } from "./limits.ts";
import { journalProbe } from "./masters/journal_probe.ts";
import { mastersProbe } from "./masters/masters_probe.ts";
import { memoryProbe } from "./memory.ts";
import { modeProbe } from "./mode.ts";
import { mountProbe } from "./mount.ts";
import { portsProbe } from "./ports.ts";
import type { Probe } from "./probe.ts";
import { programProbe } from "./program.ts";
import { secretsProbe } from "./secrets.ts";
import { settingsProbe } from "./settings.ts";
import { spaceProbe } from "./space.ts";
import { supervisorProbe } from "./supervisor.ts";
import { takeoverProbe } from "./takeover.ts";

/**
 * All that is looked at. The order is that of the findings: what comes first may be the cause of what
 * follows.
 */
export const PROBES: readonly Probe[] = [
  modeProbe,
  settingsProbe,
  configProbe,
  secretsProbe,
  programProbe,
  dataLoadProbe,
  mastersProbe,
  journalProbe,
  portsProbe,
  deviceProbe,
  limitsProbe,
  memoryProbe,
  foldersProbe,
  spaceProbe,
  takeoverProbe,
  mountProbe,
  supervisorProbe,
];
