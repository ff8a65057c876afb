/**
 * Tries to hold a daemon's connection and prints what came of it as JSON, with the descriptors that
 * are left: run as a program of its own where its surroundings are special.
 *
 * report_hold.ts PID MINOR PATH [FREE]; with FREE only so many more files can be opened.
 */
import { AT_FDCWD, cString, kernel, Open, openKernel } from "../../lib/system/kernel_calls.ts";
import { systemTakeover } from "../../lib/system/takeover.ts";

const [pid, minor = "", path = "", free] = Deno.args;
openKernel();
const report = (): string => {
  const before = descriptors();
  const taken = free === undefined ? [] : exhaust();
  for (let n = Number(free ?? 0); n > 0; n--) kernel("close", taken.pop() ?? -1);
  const outcome = systemTakeover.hold(Number(pid), [{ minor, path }]);
  for (const file of taken) kernel("close", file);
  const held = descriptors() - before;
  if (outcome.ok) outcome.value.close();
  const { ok } = outcome;
  const told = ok ? {} : { reason: outcome.reason, lasting: outcome.lasting };
  return JSON.stringify({ ok, ...told, held, left: descriptors() - before });
};
// The first time opens what later ones use again, and Deno itself wants files while it compiles.
descriptors();
const first = systemTakeover.hold(Number(pid), [{ minor, path }]);
if (first.ok) first.value.close();
systemTakeover.hold(2 ** 30, [{ minor, path }]);
await Deno.stdout.write(new TextEncoder().encode(report()));

function descriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

/** By the kernel itself: an error of Deno's would want a file for its stack. */
function exhaust(): number[] {
  const taken: number[] = [];
  for (;;) {
    const next = kernel("openat", AT_FDCWD, cString("/dev/null"), Open.CLOEXEC);
    if (next < 0) return taken;
    taken.push(next);
  }
}
