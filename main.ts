import { plainCommand } from "./lib/dispatch/plain_command.ts";
import { startPlaces } from "./lib/dispatch/start_places.ts";
import { calledAs } from "./lib/system/called_as.ts";
import { openScript } from "./lib/system/open_script.ts";
import { catchSignals, catchSignalsLater } from "./lib/system/signals.ts";

// First of all: Deno as PID 1 dies of SIGSEGV on a signal that nobody listens to.
const early = Deno.pid === 1 ? catchSignals() : undefined;
const plain = plainCommand(calledAs(), Deno.args);
const isStart = plain === "start" || plain === "server";
const signals = early ?? (isStart ? catchSignals() : catchSignalsLater());
const program = (): Promise<typeof import("./lib/dispatch/start.ts")> =>
  import("./lib/dispatch/start.ts");
// The executable has what starts, probes and questions need a second time, each in one piece.
const places = isStart ? startPlaces(plain) : undefined;
const piece = places
  ? openScript<Awaited<ReturnType<typeof program>>>("/proc/self/exe", places)
  : plain === "probe"
  ? await import("./lib/dispatch/start_probe.ts")
  : plain === "ask"
  ? await import("./lib/dispatch/start_ask.ts")
  : undefined;
const { start } = piece ?? await program();
await start(signals);
