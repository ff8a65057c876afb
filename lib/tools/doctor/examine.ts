import { reasonOf } from "../../text/describe_error.ts";
import { within } from "../../system/within.ts";
import { fail, type Finding, warn } from "./finding.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";
import { PROBES } from "./probes.ts";
import { LIMITS } from "./time_limits.ts";

/**
 * Lets all probes look, side by side, each for a limited time.
 *
 * @param limit of each probe, in milliseconds
 * @returns what they found, in the order of the probes
 */
export async function examine(
  patient: Patient,
  probes: readonly Probe[] = PROBES,
  limit: number = LIMITS.probe,
): Promise<readonly Finding[]> {
  const looks = probes.map(async (probe) => {
    // So that one which throws at once keeps nobody from looking.
    const look = Promise.resolve().then(() => probe.look(patient));
    try {
      return await within(limit, look) ?? [late(probe, limit)];
    } catch (error) {
      return [broken(probe, error)];
    }
  });
  return (await Promise.all(looks)).flat();
}

function late({ name, page }: Probe, limit: number): Finding {
  return fail(
    name,
    `looking took more than ${limit / 1000} s and was given up`,
    "something that it asked hangs: a name service, a network that drops packets, a disk",
    page,
  );
}

function broken({ name, page }: Probe, error: unknown): Finding {
  return warn(
    name,
    `cannot be looked at: ${reasonOf(error)}`,
    "this is a bug in curvine-fluid, please report it",
    page,
  );
}
