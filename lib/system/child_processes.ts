import { fuseDescriptors } from "./fuse_descriptors.ts";

/** The children of this process, orphans that came to us included. */
export function childPids(): number[] {
  return childrenOf(Deno.pid);
}

/** The children of a process; none when it has ended. */
export function childrenOf(parent: number): number[] {
  const pids = new Set<number>();
  try {
    for (const task of Deno.readDirSync(`/proc/${parent}/task`)) {
      const list = Deno.readTextFileSync(`/proc/${parent}/task/${task.name}/children`);
      for (const pid of list.split(" ")) if (pid.trim() !== "") pids.add(Number(pid));
    }
    return [...pids];
  } catch {
    // A kernel without CONFIG_PROC_CHILDREN, or a thread that just ended.
    return childrenByScan(parent);
  }
}

function childrenByScan(wanted: number): number[] {
  const pids: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readOr(`/proc/${name}/stat`, "");
    // The name in parentheses may itself hold spaces and parentheses.
    const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    if (Number(parent) === wanted) pids.push(Number(name));
  }
  return pids;
}

/** A process's environment; empty when it has ended or is not ours to see. */
export function environmentOf(pid: number): string[] {
  return readOr(`/proc/${pid}/environ`, "").split("\0").filter((entry) => entry !== "");
}

/** Whether a process has the FUSE device open. Reads links only, never what they point to. */
export function servesFuse(pid: number): boolean {
  return (fuseDescriptors(pid) ?? []).length > 0;
}

/** Whether any process that carries an entry in its environment has the FUSE device open. */
export function anyServesFuse(entry: string): boolean {
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    if (environmentOf(pid).includes(entry) && servesFuse(pid)) return true;
  }
  return false;
}

/** A process that has the FUSE device open. */
export interface FuseServer {
  readonly pid: number;
  /** The minor of the connection's device; `undefined` where the kernel does not tell. */
  readonly minor: string | undefined;
}

/** All processes of this container that have the FUSE device open, once for each connection. */
export function fuseServers(): FuseServer[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).flatMap(
    (entry) => {
      const pid = Number(entry.name);
      const minors = new Set((fuseDescriptors(pid) ?? []).map(({ minor }) => minor));
      return [...minors].map((minor) => ({ pid, minor }));
    },
  );
}

/** Where a thread waits for the answer of a FUSE mount; one that serves sits in `fuse_dev_do_read`. */
const WAITS_FOR_FUSE = /^(request_wait_answer|fuse_get_req|(__)?fuse_(simple_)?request)/;

/** Whether a thread of a process, or of a descendant, waits for the answer of a FUSE mount. */
export function waitsForFuse(pid: number): boolean {
  return familyOf(pid).some((one) => {
    try {
      return [...Deno.readDirSync(`/proc/${one}/task`)].some(({ name }) =>
        WAITS_FOR_FUSE.test(readOr(`/proc/${one}/task/${name}/wchan`, ""))
      );
    } catch {
      // It ended meanwhile.
      return false;
    }
  });
}

/** A process and its descendants, itself first. */
export function familyOf(pid: number): number[] {
  const family = [pid];
  for (let index = 0; index < family.length && family.length < MOST_FAMILY; index++) {
    family.push(...childrenOf(family[index] ?? 0));
  }
  return family;
}

/** A daemon has a child or two; a loop in what `/proc` says must end. */
const MOST_FAMILY = 64;

/**
 * Whether a process, a descendant of it, or one that carries an entry in its environment serves the
 * FUSE connection of a minor.
 *
 * @returns `undefined` where the kernel does not tell
 */
export function serves(
  pid: number | undefined,
  entry: string,
  minor: string,
): boolean | undefined {
  // Without /proc nobody is seen, ourselves included.
  let isSure = readOr("/proc/self/stat", "") !== "";
  for (const owner of candidates(pid, entry)) {
    const descriptors = fuseDescriptors(owner);
    if (descriptors?.some((one) => one.minor === minor)) return true;
    // One that is not told may be the one.
    isSure &&= descriptors?.every((one) => one.minor !== undefined) ?? false;
  }
  return isSure ? false : undefined;
}

/** The daemon's own family first: as a rule the answer is there. */
function* candidates(pid: number | undefined, entry: string): Generator<number> {
  const family = pid === undefined ? [] : familyOf(pid);
  yield* family;
  for (const { name } of Deno.readDirSync("/proc")) {
    const other = Number(name);
    if (!/^\d+$/.test(name) || family.includes(other)) continue;
    if (environmentOf(other).includes(entry)) yield other;
  }
}

/** As much of it as a person will read. */
const MOST_THREADS = 64;

/** What each thread of a process does: its state, and where it waits in the kernel. */
export function stacksOf(pid: number): string {
  const lines: string[] = [];
  try {
    for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
      if (lines.length >= MOST_THREADS) break;
      const folder = `/proc/${pid}/task/${name}`;
      const status = readOr(`${folder}/status`, "");
      const field = (key: string): string =>
        new RegExp(`^${key}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "?";
      const stack = readOr(`${folder}/stack`, "").split("\n")
        .map((line) => line.replace(/^\[<[0-9a-f]+>\]\s*/, "").replace(/\+0x.*$/, ""))
        .filter((line) => line !== "").slice(0, 12).join(" < ");
      lines.push(
        `thread ${name} (${field("Name")}) state ${field("State")} ` +
          `wchan ${readOr(`${folder}/wchan`, "?")}${stack === "" ? "" : ` stack ${stack}`}`,
      );
    }
  } catch {
    // It ended meanwhile; what we have is what there is.
  }
  return lines.join("\n");
}

function readOr(path: string, otherwise: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return otherwise;
  }
}
