import { hasCapability } from "./capabilities.ts";
import { type Finding, ok, warn } from "./finding.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";

/** Whether a mount here would outlive its daemon, as far as kernel and container decide. */
export const takeoverProbe: Probe = {
  name: "takeover",
  page: "stale",
  async look({ draft, isHere, status, world }: Patient): Promise<Finding[]> {
    if (!isHere || !draft?.plan.mount) return [];
    const mayTrace = hasCapability(world.read("/proc/self/status") ?? "", "CAP_SYS_PTRACE");
    const told = await status();
    return [judgeTakeover({
      kernel: (world.read("/proc/sys/kernel/osrelease") ?? "").trim(),
      forbidden: world.takeoverForbidden(mayTrace),
      // Before there is a mount nothing can be taken over.
      told: told?.mounted === true ? told.takeover_problem ?? undefined : undefined,
    })];
  },
};

/** What was found out. */
export interface TakeoverFacts {
  /** Such as `6.18.5`. */
  readonly kernel: string;
  /** Why this container does not allow it. */
  readonly forbidden: string | undefined;
  /** Why the supervisor cannot, by its own word. */
  readonly told: string | undefined;
}

/** Takeover: Forget. */
const EPOCH_SINCE = [6, 16] as const;

/** @returns one finding */
export function judgeTakeover({ kernel, forbidden, told }: TakeoverFacts): Finding {
  const reason = forbidden ?? told;
  if (reason !== undefined) {
    return warn(
      "takeover",
      reason,
      "it is not needed for a mount, but when the daemon dies the mount dies with it: make the " +
        "container privileged, or turn on Fluid's FuseRecovery",
      "stale",
    );
  }
  const text = `Linux ${kernel}: a mount can outlive its daemon`;
  return ok("takeover", hasEpoch(kernel) ? text : `${text} (names are learned by a walk)`);
}

function hasEpoch(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split(".").map((part) => Number.parseInt(part, 10));
  const [since, sinceMinor] = EPOCH_SINCE;
  return major > since || (major === since && minor >= sinceMinor);
}
