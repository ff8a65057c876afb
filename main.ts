import { catchSignals } from "./lib/system/signals.ts";

// First of all: Deno as PID 1 dies of SIGSEGV on a signal that nobody listens to.
const signals = catchSignals();
const [{ host }, { dispatch }] = await Promise.all([
  import("./lib/system/host.ts"),
  import("./lib/dispatch/dispatch.ts"),
]);
await dispatch(host(signals));
