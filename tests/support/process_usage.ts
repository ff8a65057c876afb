/** The resident memory of a process, in bytes. */
export function memoryOf(pid: number): number {
  return field(`/proc/${pid}/status`, "VmRSS") * 1024;
}

/** Its memory that nobody shares and that was written to, in bytes. */
export function privateDirtyOf(pid: number): number {
  return field(`/proc/${pid}/smaps_rollup`, "Private_Dirty") * 1024;
}

/** What a process has written to files and pipes so far, in bytes. */
export function writtenBy(pid: number): number {
  return field(`/proc/${pid}/io`, "wchar");
}

/** The processor time that a process (all its threads) has used so far, in seconds. */
export function processorTimeOf(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // After the name, which may hold spaces: utime and stime are the 12th and 13th, in 1/100 s.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function field(path: string, name: string): number {
  const line = new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(Deno.readTextFileSync(path));
  if (!line) throw new Error(`Cannot find ${name} in ${path}`);
  return Number(line[1]);
}
