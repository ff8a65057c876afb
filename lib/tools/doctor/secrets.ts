import { fail, type Finding, ok } from "./finding.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";

/** The secret files that the configuration names. What is in them is never shown. */
export const secretsProbe: Probe = { name: "secrets", page: "config", look: judgeSecrets };

/** @returns a finding for each that is missing; nothing where none is named */
export function judgeSecrets({ secretFiles }: Pick<Patient, "secretFiles">): Finding[] {
  const missing = [...secretFiles].filter(([, isThere]) => !isThere).map(([path]) =>
    fail("secrets", `the secret file "${path}" is named and cannot be read`, MEND, "config")
  );
  if (missing.length > 0 || secretFiles.size === 0) return missing;
  const count = secretFiles.size === 1 ? "the one that is named is" : `all ${secretFiles.size} are`;
  return [ok("secrets", `${count} there`)];
}

/** Fluid: Environment, volumes, names. */
const MEND =
  "a CacheRuntime's client gets secrets only with dependencies.secretMount.enabled: true " +
  "in the class; one that was newly named in the Dataset reaches only pods that start afterwards; " +
  "else: is there a Secret of that name, with that key, in the Dataset's namespace?";
