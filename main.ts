import { isPlainStart } from "./lib/dispatch/is_plain_start.ts";
import { calledAs } from "./lib/system/called_as.ts";
import { openScript } from "./lib/system/open_script.ts";
import { catchSignals } from "./lib/system/signals.ts";

// First of all: Deno as PID 1 dies of SIGSEGV on a signal that nobody listens to.
const signals = catchSignals();
const program = (): Promise<typeof import("./lib/dispatch/start.ts")> =>
  import("./lib/dispatch/start.ts");
// The executable has what a container's start needs a second time, as one script.
const script = isPlainStart(calledAs(), Deno.args)
  ? openScript<Awaited<ReturnType<typeof program>>>(`${import.meta.dirname}/start`)
  : undefined;
const { start } = script ?? await program();
await start(signals);
