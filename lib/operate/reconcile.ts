import { isWithin } from "../plan/curvine/ufs_path.ts";
import type { MountRecord } from "./mount_record.ts";
import { type MountRow, writeTypeOf } from "./mount_table.ts";
import type { WantedMount } from "./wanted_mounts.ts";

/** One step towards the mount table that the Dataset asks for. */
export type MountAction =
  | { readonly kind: "keep"; readonly mount: WantedMount }
  | { readonly kind: "mount"; readonly mount: WantedMount }
  /** Same UFS, other options. */
  | { readonly kind: "update"; readonly mount: WantedMount; readonly reason: string }
  /**
   * What an update alone cannot do: another UFS, or an option taken back. The update is still
   * tried first where the UFS differs: it shows whether the new one can be listed.
   */
  | {
    readonly kind: "replace";
    readonly mount: WantedMount;
    readonly from: string;
    readonly reason: string;
  }
  /**
   * Not as the Dataset wants it, and left as it is all the same: what would bring it there could
   * cost data of the UFS.
   */
  | { readonly kind: "leave"; readonly mount: WantedMount; readonly reason: string }
  /** Curvine would refuse it. */
  | { readonly kind: "refused"; readonly mount: WantedMount; readonly reason: string }
  /** Made by us for a path that the Dataset no longer has. */
  | { readonly kind: "unmount"; readonly path: string; readonly ufs: string }
  /** The same in fs_mode: whoever mounts it again would lose objects. */
  | { readonly kind: "leave-dropped"; readonly path: string; readonly ufs: string }
  /** Made by somebody else: left alone. */
  | { readonly kind: "foreign"; readonly path: string; readonly ufs: string };

/**
 * Compares what the Dataset wants with what Curvine has.
 *
 * A mount at one of the Dataset's paths is the Dataset's, whoever made it: a master that comes
 * back with an empty disk has lost our record while Curvine's journal still has the mounts. A
 * mount elsewhere is unmounted only if the record says that we made it, of this UFS.
 *
 * A mount in `fs_mode` is never taken away: what applications wrote may not have reached the UFS
 * yet, and the resync of whoever mounts it again deletes objects. Curvine: What a mount does to
 * the UFS.
 *
 * @param fingerprints of the wanted mounts' options, by path
 * @returns unmounts first, the deepest first, for Curvine refuses a mount above or below another
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const record = { dataset: "ns/ds", salt: "", mounts: new Map() };
 * const row = { id: "1", path: "/data2", ufs: "s3://b", columns: new Map() };
 * assert.deepEqual(reconcile([], new Map(), [row], record), [
 *   { kind: "foreign", path: "/data2", ufs: "s3://b" },
 * ]);
 * ```
 */
export function reconcile(
  wanted: readonly WantedMount[],
  fingerprints: ReadonlyMap<string, string>,
  rows: readonly MountRow[],
  record: MountRecord,
): MountAction[] {
  const byPath = new Map(rows.map((row) => [row.path, row]));
  const paths = new Set(wanted.map((mount) => mount.path));
  const others = rows.filter((row) => !paths.has(row.path));
  const ours = others.filter((row) => record.mounts.get(row.path)?.ufs === row.ufs);
  const dropped = ours.filter((row) => !keepsData(row));
  const moves = (row: MountRow): boolean =>
    wanted.some((mount) => mount.path === row.path && mount.ufs !== row.ufs) &&
    !keepsData(row);
  const stays = rows.filter((row) => !dropped.includes(row) && !moves(row));
  return [
    ...dropped.sort((a, b) => depth(b.path) - depth(a.path))
      .map(({ path, ufs }): MountAction => ({ kind: "unmount", path, ufs })),
    ...others.filter((row) => !dropped.includes(row)).map(({ path, ufs }): MountAction => ({
      kind: ours.some((row) => row.path === path) ? "leave-dropped" : "foreign",
      path,
      ufs,
    })),
    ...wanted.map((mount) =>
      actionFor(mount, fingerprints.get(mount.path) ?? "", byPath.get(mount.path), stays, record)
    ),
  ];
}

/** Whether what was written may lie in Curvine alone; of a mode that is not known it is assumed. */
function keepsData(row: MountRow): boolean {
  return (writeTypeOf(row) ?? "cache_mode") !== "cache_mode";
}

function actionFor(
  mount: WantedMount,
  fingerprint: string,
  row: MountRow | undefined,
  stays: readonly MountRow[],
  record: MountRecord,
): MountAction {
  if (row === undefined) {
    const reason = refusal(mount, stays);
    return reason === undefined ? { kind: "mount", mount } : { kind: "refused", mount, reason };
  }
  const known = record.mounts.get(mount.path);
  const takenBack = known?.ufs === mount.ufs ? optionsTakenBack(known.options, mount) : [];
  const changes = [
    ...(row.ufs === mount.ufs
      ? []
      : [`its mountPoint was ${row.ufs} and is now ${mount.mountPoint}`]),
    ...(takenBack.length === 0 ? [] : [`the options ${takenBack.join(", ")} were taken back`]),
  ];
  const mode = writeTypeOf(row) ?? mount.writeType;
  if (mode !== mount.writeType) {
    const reason = [`it is ${mode}, ${mount.writeType} is wanted`, ...changes].join("; ");
    return { kind: "leave", mount, reason };
  }
  if (changes.length > 0) {
    const reason = changes.join("; ");
    return keepsData(row)
      ? { kind: "leave", mount, reason: `it is ${mode}; ${reason}` }
      : { kind: "replace", mount, from: row.ufs, reason };
  }
  const access = mount.flags.get("access-mode");
  const shown = row.columns.get("access mode")?.toLowerCase().replaceAll("-", "_");
  if (access !== undefined && shown !== undefined && shown !== access) {
    return { kind: "update", mount, reason: `its access mode was ${shown} and is now ${access}` };
  }
  if (known === undefined || known.ufs !== mount.ufs || known.fingerprint === "") {
    return { kind: "update", mount, reason: "it is not known with which options it was made" };
  }
  if (known.fingerprint !== fingerprint) {
    return { kind: "update", mount, reason: "its options changed" };
  }
  return { kind: "keep", mount };
}

/** Flags that cv gives their default at every update that does not name them. */
const RESET_BY_UPDATE = new Set(["read-verify-ufs", "ttl-ms", "ttl-action"]);

function optionsTakenBack(known: readonly string[], mount: WantedMount): string[] {
  const names = new Set([...mount.flags.keys(), ...mount.properties.keys()]);
  return known.filter((name) => !names.has(name) && !RESET_BY_UPDATE.has(name));
}

/** What Curvine would say of a new mount, by the rows that stay. Curvine: What Curvine refuses of a mount. */
function refusal({ path, ufs }: WantedMount, rows: readonly MountRow[]): string | undefined {
  for (const row of rows) {
    const there = `${row.path} (${row.ufs}) is mounted`;
    if (isWithin(path, row.path) || isWithin(row.path, path)) {
      return `${there}, and Curvine refuses a mount inside another`;
    }
    if (isWithin(ufs, row.ufs) || isWithin(row.ufs, ufs)) {
      return `${there}, and Curvine mounts a UFS path, and what is in it, once`;
    }
  }
  return undefined;
}

function depth(path: string): number {
  return path.split("/").length;
}
