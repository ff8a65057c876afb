import type { Host } from "../system/host.ts";
import type { Invocation } from "../cli/command.ts";
export function command(_i: Invocation, _h: Host): number {
  return 0;
}
