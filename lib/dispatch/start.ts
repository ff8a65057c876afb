import type { Signals } from "../ports/signals.ts";
import { host } from "../system/host.ts";
import { dispatch } from "./dispatch.ts";

/**
 * The whole program behind the listeners for signals. The build also makes one script of it and of
 * what a container's start needs, with V8's code beside it.
 */
export async function start(signals: Signals): Promise<never> {
  return await dispatch(host(signals));
}
