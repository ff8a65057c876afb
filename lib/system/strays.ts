import type { Stray } from "../ports/world.ts";
import { environmentOf } from "./child_processes.ts";
import { fuseDescriptors } from "./fuse_descriptors.ts";

/** How often one looks whether a process is still there. */
const LOOK_MS = 20;

/** After KILL; what is still there then waits in the kernel. */
const KILL_MS = 1000;

/**
 * Processes of our own PID namespace that serve FUSE and carry a variable: in another one a number
 * means somebody else.
 */
export function strays(variable: string): Stray[] {
  const found: Stray[] = [];
  const prefix = `${variable}=`;
  const ours = namespaceOf(Deno.pid);
  for (const { name } of Deno.readDirSync("/proc")) {
    const pid = Number(name);
    if (!/^\d+$/.test(name) || pid === Deno.pid) continue;
    const mark = environmentOf(pid).find((entry) => entry.startsWith(prefix));
    if (mark === undefined || namespaceOf(pid) !== ours) continue;
    const minors = (fuseDescriptors(pid) ?? []).flatMap(({ minor }) => minor ?? []);
    if (minors.length > 0) found.push({ pid, mark: mark.slice(prefix.length), minors });
  }
  return found;
}

/** When a process was started, in the kernel's ticks; `undefined` when there is none (any more). */
export function birthOf(pid: number): number | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The name in parentheses may itself hold spaces and parentheses. The 22nd field of all.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? undefined : Number(fields[18]);
  } catch {
    return undefined;
  }
}

/**
 * Ends a process that is no child of ours: TERM, then KILL.
 *
 * @param patience how long TERM may take, in milliseconds
 * @returns whether it is gone
 */
export async function endStray(pid: number, patience: number): Promise<boolean> {
  const birth = birthOf(pid);
  if (birth === undefined) return true;
  for (const [signal, milliseconds] of [["SIGTERM", patience], ["SIGKILL", KILL_MS]] as const) {
    try {
      Deno.kill(pid, signal);
    } catch {
      // It has just ended.
    }
    const end = performance.now() + milliseconds;
    while (performance.now() < end) {
      if (birthOf(pid) !== birth) return true;
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
  }
  return birthOf(pid) !== birth;
}

function namespaceOf(pid: number): string | undefined {
  try {
    return Deno.readLinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}
