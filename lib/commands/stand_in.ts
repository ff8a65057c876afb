import type { Invocation } from "../cli/command.ts";
import type { Host } from "../ports/host.ts";
import { standIn } from "../tools/simulate/stand_in.ts";

/** Hidden: takes the part of one of Curvine's programs in a simulation. */
export async function command({ operands }: Invocation, host: Host): Promise<number> {
  return await standIn(operands, host);
}
