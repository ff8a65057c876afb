import type { Signals } from "../ports/signals.ts";
import { host } from "../system/host.ts";
import { dispatch } from "./dispatch.ts";

/** The whole program behind the listeners for signals. */
export async function start(signals: Signals): Promise<never> {
  return await dispatch(host(signals));
}
