import { catchSignals } from "./lib/system/signals.ts";

// First of all: Deno as PID 1 dies of SIGSEGV on a signal that nobody listens to.
const signals = catchSignals();
const { start } = await import("./lib/dispatch/start.ts");
await start(signals);
