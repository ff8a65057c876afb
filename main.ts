import { catchSignals } from "./lib/system/signals.ts";

// First of all: Deno as PID 1 dies of SIGSEGV on a signal that nobody listens to.
const signals = catchSignals();
const { host } = await import("./lib/system/host.ts");
const { main } = await import("./lib/cli/main.ts");
await main(host(signals));
