import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { CliResult, CurvineCli } from "./curvine_cli.ts";
import { fingerprint, type MountRecord, recordOf, withMount } from "./mount_record.ts";
import { type MountRow, MountTableError, readMountTable } from "./mount_table.ts";
import { type Action, reconcile } from "./reconcile.ts";
import {
  describeOptions,
  mountArguments,
  type WantedMount,
  type WantedMounts,
} from "./wanted_mounts.ts";

/** What reconciling the mount table needs of the world. */
export interface MountPorts {
  readonly cli: CurvineCli;
  /** The record of what we made, as it stands. */
  readonly record: MountRecord;
  /** Keeps a changed record; must not throw. */
  keepRecord(record: MountRecord): void;
  /** One message for people, without secrets. */
  say(message: string): void;
  /** Milliseconds left of the whole time. */
  remainingMs(): number;
}

/** A mount is taken away only when this is left to make it anew, besides what the try took. */
const MIN_REPLACE_MS = 1_000;

/** What became of it. */
export interface MountOutcome {
  /** The Dataset's paths that Curvine has, native ones included, in the Dataset's order. */
  readonly mounted: readonly string[];
  /** One sentence for each mount that is not as the Dataset wants it. */
  readonly failures: readonly string[];
}

/**
 * Brings Curvine's mount table to what the Dataset wants, and reads it again to report only what
 * is really there. One failure does not keep the other mounts from being made.
 *
 * @throws {CommandError} when Curvine's mount table cannot be read
 */
export async function mountUfs(
  wanted: WantedMounts,
  ports: MountPorts,
): Promise<MountOutcome> {
  const state = { record: ports.record };
  const failures: string[] = [];
  let rows: readonly MountRow[] = [];
  if (wanted.mounts.length > 0 || state.record.mounts.size > 0) {
    rows = await table(ports);
    const fingerprints = new Map<string, string>();
    for (const mount of wanted.mounts) {
      fingerprints.set(mount.path, await fingerprint(mount, state.record.salt));
    }
    const actions = reconcile(wanted.mounts, fingerprints, rows, state.record);
    let changed = false;
    for (const action of actions) {
      if (action.kind !== "keep" && action.kind !== "foreign") changed = true;
      const failure = await act(action, state, ports);
      if (failure !== undefined) {
        failures.push(failure);
        ports.say(failure);
      }
    }
    forgetAbsent(state, rows, wanted, ports);
    if (changed) rows = await table(ports);
  }
  const present = new Map(rows.map((row) => [row.path, row.ufs]));
  for (const mount of wanted.mounts) {
    if (present.get(mount.path) === mount.ufs) continue;
    const failure = `${mount.path} is not mounted: Curvine's table ` +
      (present.has(mount.path) ? `still shows ${present.get(mount.path)}` : "does not have it");
    failures.push(failure);
    ports.say(failure);
  }
  const there = new Set([
    ...wanted.native,
    ...wanted.mounts.map((mount) => mount.path).filter((path) => present.has(path)),
  ]);
  return { mounted: wanted.paths.filter((path) => there.has(path)), failures };
}

interface State {
  record: MountRecord;
}

/** @returns a sentence when it failed */
async function act(action: Action, state: State, ports: MountPorts): Promise<string | undefined> {
  switch (action.kind) {
    case "keep":
      ports.say(`${action.mount.path} is mounted from ${action.mount.mountPoint} as wanted`);
      return undefined;
    case "foreign":
      ports.say(
        `${action.path} (${action.ufs}) was not mounted for this dataset; it is left alone`,
      );
      return undefined;
    case "unmount":
      return await unmount(action.path, action.ufs, state, ports);
    case "mount":
      return await mount(action.mount, false, "", state, ports);
    case "update":
      return await mount(action.mount, true, `: ${action.reason}`, state, ports);
    case "replace":
      return await replace(action, state, ports);
  }
}

async function unmount(
  path: string,
  ufs: string,
  state: State,
  ports: MountPorts,
): Promise<string | undefined> {
  ports.say(`Unmounting ${path} (${ufs}): the dataset no longer has it`);
  const result = await ports.cli.run(["umount", path], { limitMs: ports.remainingMs() });
  if (!result.ok) return `Cannot unmount ${path}: ${result.reason}`;
  keep(state, ports, withMount(state.record, path, undefined));
  return undefined;
}

async function mount(
  wanted: WantedMount,
  update: boolean,
  why: string,
  state: State,
  ports: MountPorts,
): Promise<string | undefined> {
  const word = update ? "Updating" : "Mounting";
  ports.say(`${word} ${wanted.path} from ${wanted.mountPoint} (${describeOptions(wanted)})${why}`);
  // Before Curvine is asked: it may finish a mount whose cli we had to stop.
  keep(
    state,
    ports,
    withMount(state.record, wanted.path, await recordOf(wanted, state.record.salt, false)),
  );
  const result = await ports.cli.run(mountArguments(wanted, update), {
    limitMs: ports.remainingMs(),
  });
  if (!result.ok) {
    return `Cannot ${update ? "update" : "mount"} ${wanted.path} from ${wanted.mountPoint}: ` +
      `${result.reason}${hint(wanted, result)}`;
  }
  keep(
    state,
    ports,
    withMount(state.record, wanted.path, await recordOf(wanted, state.record.salt, true)),
  );
  return undefined;
}

/**
 * Curvine can neither move a mount to another UFS nor take an option back: its update keeps the
 * UFS silently and only adds options. But the cli lists the UFS before it asks the master, so an
 * update that works, or is refused by the master, shows that the new mount will hold. Only then
 * the old one is taken away, for as long as the mount takes.
 */
async function replace(
  action: Extract<Action, { kind: "replace" }>,
  state: State,
  ports: MountPorts,
): Promise<string | undefined> {
  const { mount: wanted, reason } = action;
  ports.say(`Replacing ${wanted.path}: ${reason}`);
  const before = ports.remainingMs();
  const tried = await ports.cli.run(mountArguments(wanted, true), { limitMs: before });
  if (!tried.ok && !tried.refusedByMaster) {
    return `Cannot replace ${wanted.path}, which stays mounted from ${action.from}: ` +
      `${tried.reason}${hint(wanted, tried)}`;
  }
  const moved = action.from !== wanted.ufs && tried.ok &&
    (await table(ports)).find((row) => row.path === wanted.path)?.ufs === wanted.ufs;
  if (moved) {
    keep(
      state,
      ports,
      withMount(state.record, wanted.path, await recordOf(wanted, state.record.salt, true)),
    );
    return undefined;
  }
  const took = before - ports.remainingMs();
  if (ports.remainingMs() < 2 * took + MIN_REPLACE_MS) {
    return `Cannot replace ${wanted.path}, which stays mounted from ${action.from}: ` +
      "too little time is left to mount it anew; it is tried again";
  }
  const removed = await ports.cli.run(["umount", wanted.path], { limitMs: ports.remainingMs() });
  if (!removed.ok) {
    return `Cannot unmount ${wanted.path} to mount it anew: ${removed.reason}`;
  }
  const failure = await mount(wanted, false, ", anew", state, ports);
  return failure === undefined ? undefined : `${failure}; ${wanted.path} is not mounted now`;
}

/** A recorded mount that Curvine does not have is forgotten, or it would be unmounted later on. */
function forgetAbsent(
  state: State,
  rows: readonly MountRow[],
  wanted: WantedMounts,
  ports: MountPorts,
): void {
  const known = new Set([...rows, ...wanted.mounts].map((one) => one.path));
  let record = state.record;
  for (const path of record.mounts.keys()) {
    if (!known.has(path)) record = withMount(record, path, undefined);
  }
  if (record !== state.record) keep(state, ports, record);
}

function keep(state: State, ports: MountPorts, record: MountRecord): void {
  state.record = record;
  ports.keepRecord(record);
}

async function table({ cli, remainingMs }: MountPorts): Promise<MountRow[]> {
  const result = await cli.run(["mount"], { limitMs: remainingMs() });
  if (!result.ok) {
    throw new CommandError(
      `Cannot read Curvine's mount table: ${result.reason}`,
      ExitCode.Unavailable,
    );
  }
  try {
    return readMountTable(result.stdout);
  } catch (error) {
    if (!(error instanceof MountTableError)) throw error;
    throw new CommandError(error.message, ExitCode.Unavailable, { cause: error });
  }
}

/** Curvine cuts `-c key=value` at every "=" and refuses a value with one (Curvine: cv mount). */
function hint(wanted: WantedMount, result: CliResult): string {
  const names = [...wanted.properties].filter(([, value]) => value.includes("="))
    .map(([name]) => name);
  return result.stopped === undefined && names.length > 0
    ? ` (curvine-cli may not read values with "=" in them: ${names.join(", ")})`
    : "";
}
