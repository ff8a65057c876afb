import { hasCapability } from "./capabilities.ts";
import { fail, type Finding, ok } from "./finding.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";

/** What mounting takes of the container. */
export const deviceProbe: Probe = {
  name: "fuse",
  page: "container",
  look({ draft, isHere, world }: Patient): Finding[] {
    if (!isHere || !draft?.plan.mount) return [];
    const status = world.read("/proc/self/status") ?? "";
    return [judgeDevice({
      device: world.cannotOpen(DEVICE),
      mayMount: hasCapability(status, "CAP_SYS_ADMIN"),
    })];
  },
};

const DEVICE = "/dev/fuse";

/** What was found out. */
export interface DeviceFacts {
  /** Why the device cannot be opened; `undefined` when it can. */
  readonly device: string | undefined;
  readonly mayMount: boolean;
}

/** @returns one finding */
export function judgeDevice({ device, mayMount }: DeviceFacts): Finding {
  const lacks = [
    device === undefined ? undefined : `${DEVICE} cannot be opened: ${device}`,
    mayMount ? undefined : "we lack CAP_SYS_ADMIN, without which nothing mounts",
  ].filter((one) => one !== undefined);
  return lacks.length > 0
    ? fail("fuse", lacks.join("; "), PRIVILEGED, "container")
    : ok("fuse", `${DEVICE} opens, and we have CAP_SYS_ADMIN`);
}

const PRIVILEGED =
  "make the container privileged (securityContext.privileged: true): Fluid does not " +
  "add that to a CacheRuntime's client, the class must";
