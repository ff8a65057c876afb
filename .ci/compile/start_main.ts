/**
 * The executable's `main.js` where it has the script of a start: as `main.ts`, but the script is
 * asked for first. One file, for every further one costs a start a third of a millisecond.
 */
import { catchSignals } from "../../lib/system/signals.ts";
import { openStart } from "./open_start.ts";

// First of all: Deno as PID 1 dies of SIGSEGV on a signal that nobody listens to.
const signals = catchSignals();
const { start } = openStart(`${import.meta.dirname}/start`, Deno.args) ??
  await import("../../lib/dispatch/start.ts");
await start(signals);
