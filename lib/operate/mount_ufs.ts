import type { CliResult, CurvineCli } from "./curvine_cli.ts";
import { FS_MODE_RISK } from "../plan/curvine/mount_option.ts";
import { isWithin } from "../plan/curvine/ufs_path.ts";
import { fingerprint, type MountRecord, recordOf, withMount } from "./mount_record.ts";
import type { MountRow } from "./mount_table.ts";
import { type MountAction, reconcile } from "./reconcile.ts";
import {
  describeOptions,
  mountArguments,
  type NativeMount,
  type WantedMount,
  type WantedMounts,
} from "./wanted_mounts.ts";

/** What reconciling the mount table needs of the world. */
export interface MountPorts {
  readonly cli: CurvineCli;
  /** Curvine's mount table. @throws {CommandError} where it cannot be read */
  table(): Promise<readonly MountRow[]>;
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
  /** The Dataset's paths that Curvine has, as Fluid wrote them, in the Dataset's order. */
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
  const state: State = { record: ports.record, failures: [], left: [] };
  const fail = (failure: string): void => {
    state.failures.push(failure);
    ports.say(failure);
  };
  const natives = wanted.natives.filter(({ directory }) => directory !== "/");
  let rows: readonly MountRow[] = [];
  if (wanted.mounts.length > 0 || natives.length > 0 || state.record.mounts.size > 0) {
    rows = await ports.table();
    const fingerprints = new Map<string, string>();
    for (const mount of wanted.mounts) {
      fingerprints.set(mount.path, await fingerprint(mount, state.record.salt));
    }
    let changed = false;
    for (const action of reconcile(wanted.mounts, fingerprints, rows, state.record)) {
      if (CHANGES.has(action.kind)) changed = true;
      const failure = await act(action, state, ports);
      if (failure !== undefined) fail(failure);
    }
    forgetAbsent(state, rows, wanted, ports);
    if (changed) rows = await ports.table();
    for (const native of natives) await makeDirectory(native, rows, ports);
  }
  const present = new Map(rows.map((row) => [row.path, row.ufs]));
  const left = new Set(state.left);
  const isThere = (mount: WantedMount): boolean =>
    present.get(mount.path) === mount.ufs || (left.has(mount) && present.has(mount.path));
  for (const mount of wanted.mounts.filter((one) => !isThere(one))) {
    fail(
      `${mount.path} is not mounted: Curvine's table ` +
        (present.has(mount.path) ? `still shows ${present.get(mount.path)}` : "does not have it"),
    );
  }
  const mounted = wanted.places
    .filter(({ target }) => !("ufs" in target) || isThere(target))
    .map(({ reported }) => reported);
  return { mounted, failures: state.failures };
}

/** Actions after which the table is another. */
const CHANGES: ReadonlySet<MountAction["kind"]> = new Set([
  "mount",
  "unmount",
  "update",
  "replace",
]);

interface State {
  record: MountRecord;
  readonly failures: string[];
  /** Mounts that stay otherwise than they are wanted. */
  readonly left: WantedMount[];
}

/** @returns a sentence when it failed */
async function act(
  action: MountAction,
  state: State,
  ports: MountPorts,
): Promise<string | undefined> {
  switch (action.kind) {
    case "keep":
      ports.say(`${action.mount.path} is mounted from ${action.mount.mountPoint} as wanted`);
      return undefined;
    case "foreign":
      ports.say(
        `${action.path} (${action.ufs}) was not mounted for this dataset; it is left alone`,
      );
      return undefined;
    case "leave":
      state.left.push(action.mount);
      ports.say(`WARNING: ${action.mount.path} is left as it is: ${action.reason}. ${WAY_OUT}`);
      return undefined;
    case "leave-dropped":
      ports.say(
        `WARNING: ${action.path} (${action.ufs}), which the dataset no longer has, is fs_mode and ` +
          `left mounted. ${WAY_OUT}`,
      );
      return undefined;
    case "refused":
      return `Cannot mount ${action.mount.path} from ${action.mount.mountPoint}: ${action.reason}`;
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

/** How a person gets a mount out of fs_mode, or into it. */
const WAY_OUT = `${FS_MODE_RISK}. To change it: stop what writes, wait until the UFS has all of ` +
  "it, then run `cv umount PATH` by hand; mount-ufs mounts it anew as the Dataset says";

/**
 * As curvine-fuse does for the path that it mounts (Curvine: Start). One that cannot be made is
 * told and no more: a failure would keep the whole Dataset from being bound, and the next call
 * tries again.
 */
async function makeDirectory(
  { directory }: NativeMount,
  rows: readonly MountRow[],
  ports: MountPorts,
): Promise<void> {
  const mount = rows.find((row) => isWithin(directory, row.path));
  if (mount !== undefined) {
    ports.say(`${directory} lies in the mount ${mount.path} (${mount.ufs}); it is not made there`);
    return;
  }
  const result = await ports.cli.run(["fs", "mkdir", "-p", directory], {
    limitMs: ports.remainingMs(),
  });
  if (!result.ok) ports.say(`WARNING: cannot make ${directory} in Curvine: ${result.reason}`);
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
  action: Extract<MountAction, { kind: "replace" }>,
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
    (await ports.table()).find((row) => row.path === wanted.path)?.ufs === wanted.ufs;
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

/** Curvine cuts `-c key=value` at every "=" and refuses a value with one (Curvine: cv mount). */
function hint(wanted: WantedMount, result: CliResult): string {
  const names = [...wanted.properties].filter(([, value]) => value.includes("="))
    .map(([name]) => name);
  return result.stopped === undefined && names.length > 0
    ? ` (curvine-cli may not read values with "=" in them: ${names.join(", ")})`
    : "";
}
