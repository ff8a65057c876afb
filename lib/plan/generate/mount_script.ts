import { shellQuote } from "../../text/shell_quote.ts";
import type { Plan } from "../plan.ts";

/**
 * The `mount-curvine.sh` of old: what the supervisor starts, for people who debug in an image with
 * a shell. It mounts once and watches nothing.
 *
 * @returns `undefined` for a component that mounts nothing
 */
export function mountScript(plan: Plan): string | undefined {
  if (plan.mount === null) return undefined;
  const target = shellQuote(plan.mount.target);
  return `#!/bin/sh
# Written by curvine-fluid for debugging: the supervisor does not use it.
set -eux
export CURVINE_HOME=${shellQuote(plan.process.cwd)}
export CURVINE_CONF_FILE=${shellQuote(plan.config.path)}
unset CURVINE_FUSE_STATE_PATH
umount -f ${target} 2>/dev/null || true
mkdir -p ${target}
cd ${shellQuote(plan.process.cwd)}
exec ${plan.process.argv.map(shellQuote).join(" ")}
`;
}
