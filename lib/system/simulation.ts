import { isWithin } from "../mount/mount_path.ts";
import { parseMountinfo } from "../mount/mountinfo.ts";
import { ownChild } from "./own_children.ts";
import { readMountinfo } from "./read_mountinfo.ts";

/** A signal that a simulation makes trouble with. */
export type ChaosSignal = "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGTERM";

/** The command line that runs this program again. */
export function selfCommand(): string[] {
  return Deno.build.standalone
    ? [Deno.execPath()]
    : [Deno.execPath(), "run", "--allow-all", Deno.mainModule];
}

/** Makes a temporary folder for a simulation. */
export function makeSimulationFolder(): string {
  return Deno.realPathSync(Deno.makeTempDirSync({ prefix: "curvine-fluid-" }));
}

/** The absolute path of a folder, made where it is missing, without links. */
export function realFolder(path: string): string {
  Deno.mkdirSync(path, { recursive: true });
  return Deno.realPathSync(path);
}

/**
 * Deletes a simulation's folder and all in it, but never through a mount.
 *
 * @returns whether nothing is left
 */
export function removeSimulationFolder(root: string): boolean {
  const mounted = parseMountinfo(readMountinfo())
    .some(({ path }) => isWithin(path, root));
  if (mounted) return false;
  Deno.removeSync(root, { recursive: true });
  return true;
}

/** Makes a script or link that runs this program under another name. */
export function installStandIn(path: string): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  try {
    Deno.removeSync(path);
  } catch {
    // It is the first time.
  }
  const self = selfCommand();
  if (self.length === 1) Deno.symlinkSync(Deno.execPath(), path);
  else {
    // From the source there is no executable whose name could tell.
    const role = path.slice(path.lastIndexOf("/") + 1);
    const command = [...self, "stand-in", role, "--"].map((word) => `'${word}'`).join(" ");
    Deno.writeTextFileSync(path, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  }
}

/** The processes that carry this entry in their environment. */
export function processesWith(entry: string): number[] {
  const found: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name) || stateOfProcess(Number(name)) === "gone") continue;
    try {
      const environment = Deno.readTextFileSync(`/proc/${name}/environ`).split("\0");
      if (environment.includes(entry)) found.push(Number(name));
    } catch {
      // It ended, or is somebody else's.
    }
  }
  return found;
}

/** How a process is; one that has ended but was not waited for is gone. */
export function stateOfProcess(pid: number): "running" | "stopped" | "gone" {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const state = stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "";
    return "ZX".includes(state) ? "gone" : "tT".includes(state) ? "stopped" : "running";
  } catch {
    return "gone";
  }
}

/** Sends a signal; nothing happens where the process is gone. */
export function sendSignal(pid: number, signal: ChaosSignal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}

/** Where a program of this name is in `PATH`; `undefined` where it is not. */
export function findInPath(name: string, path: string): string | undefined {
  return path.split(":").map((folder) => `${folder}/${name}`).find((candidate) => {
    try {
      return Deno.statSync(candidate).isFile;
    } catch {
      return false;
    }
  });
}

/** A child whose output is ours. */
export interface PlainChild {
  readonly pid: number;
  /** Its exit code, 128 + signal where one ended it. */
  readonly ended: Promise<number>;
}

/** Starts a program with our output and these variables on top of our environment. */
export function startPlainChild(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): PlainChild {
  const [program = "", ...args] = argv;
  const child = new Deno.Command(program, { args, env: { ...env }, stdin: "null" }).spawn();
  // A supervisor may run in this process, and would reap it otherwise.
  ownChild(child.pid, child.status);
  return { pid: child.pid, ended: child.status.then(({ code }) => code) };
}

/** Takes a file away, whether it is there or not. */
export function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It is gone already.
  }
}

/** Our own number. */
export function ownPid(): number {
  return Deno.pid;
}
