/** A process as /proc shows it from outside. */
export interface ProcessLine {
  pid: number;
  /** Its id in its own PID namespace. */
  inner: number;
  parent: number;
  name: string;
  /** The kernel's letter: R, S, D, T, Z … */
  state: string;
  /** Its arguments, joined by spaces; empty for a zombie. */
  command: string;
}

/** The mount namespace of a process, `undefined` when it is gone or a zombie. */
export function mountNamespace(pid: number): string | undefined {
  return orUndefined(() => Deno.readLinkSync(`/proc/${pid}/ns/mnt`));
}

/**
 * All processes that live in a mount namespace, by which the tests tell theirs from everybody
 * else's; zombies (which have none any more) count with their parent.
 */
export function processesIn(namespace: string): ProcessLine[] {
  const all: ProcessLine[] = [];
  const own = new Set<number>();
  for (const entry of Deno.readDirSync("/proc")) {
    const pid = Number(entry.name);
    const line = Number.isInteger(pid) ? orUndefined(() => read(pid)) : undefined;
    if (!line) continue;
    all.push(line);
    if (mountNamespace(pid) === namespace) own.add(pid);
  }
  return all.filter((line) => own.has(line.pid) || line.state === "Z" && own.has(line.parent));
}

/** The direct children of a process. */
export function childrenOf(pid: number): number[] {
  const text = orUndefined(() => Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`)) ?? "";
  return text.split(" ").filter((word) => word !== "").map(Number);
}

/** Whether a process has a file open whose path ends so. */
export function hasOpen(pid: number, end: string): boolean {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].some(({ name }) =>
    orUndefined(() => Deno.readLinkSync(`/proc/${pid}/fd/${name}`))?.endsWith(end)
  );
}

/** Whether a process waits for a FUSE daemon's answer. */
export function waitsForFuse(pid: number): boolean {
  return /fuse|request_wait/.test(Deno.readTextFileSync(`/proc/${pid}/wchan`));
}

function read(pid: number): ProcessLine {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const field = (name: string): string =>
    new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "";
  return {
    pid,
    inner: Number(field("NSpid").split(/\s+/).at(-1)),
    parent: Number(field("PPid")),
    name: field("Name"),
    state: field("State").slice(0, 1),
    command: Deno.readTextFileSync(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim(),
  };
}

/** A process may end between two looks at it. */
function orUndefined<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
