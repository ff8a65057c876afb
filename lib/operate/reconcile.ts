import type { MountRecord } from "./mount_record.ts";
import type { MountRow } from "./mount_table.ts";
import type { WantedMount } from "./wanted_mounts.ts";

/** One step towards the mount table that the Dataset asks for. */
export type Action =
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
  /** Made by us for a path that the Dataset no longer has. */
  | { readonly kind: "unmount"; readonly path: string; readonly ufs: string }
  /** Made by somebody else: left alone. */
  | { readonly kind: "foreign"; readonly path: string; readonly ufs: string };

/**
 * Compares what the Dataset wants with what Curvine has.
 *
 * A mount at one of the Dataset's paths is the Dataset's, whoever made it: a master that comes
 * back with an empty disk has lost our record while Curvine's journal still has the mounts. A
 * mount elsewhere is unmounted only if the record says that we made it, of this UFS.
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
): Action[] {
  const byPath = new Map(rows.map((row) => [row.path, row]));
  const paths = new Set(wanted.map((mount) => mount.path));
  const others = rows.filter((row) => !paths.has(row.path));
  const ours = (row: MountRow): boolean => record.mounts.get(row.path)?.ufs === row.ufs;
  return [
    ...others.filter(ours).sort((a, b) => depth(b.path) - depth(a.path))
      .map(({ path, ufs }): Action => ({ kind: "unmount", path, ufs })),
    ...others.filter((row) => !ours(row))
      .map(({ path, ufs }): Action => ({ kind: "foreign", path, ufs })),
    ...wanted.map((mount) =>
      actionFor(mount, fingerprints.get(mount.path) ?? "", byPath.get(mount.path), record)
    ),
  ];
}

function actionFor(
  mount: WantedMount,
  fingerprint: string,
  row: MountRow | undefined,
  record: MountRecord,
): Action {
  if (row === undefined) return { kind: "mount", mount };
  if (row.ufs !== mount.ufs) {
    return {
      kind: "replace",
      mount,
      from: row.ufs,
      reason: `its mountPoint was ${row.ufs} and is now ${mount.ufs}`,
    };
  }
  const known = record.mounts.get(mount.path);
  const names = new Set([...mount.flags.keys(), ...mount.properties.keys()]);
  const takenBack = known?.ufs === mount.ufs
    ? known.options.filter((name) => !names.has(name))
    : [];
  if (takenBack.length > 0) {
    return {
      kind: "replace",
      mount,
      from: row.ufs,
      reason: `the options ${takenBack.join(", ")} were taken back`,
    };
  }
  const access = mount.flags.get("access-mode");
  const shown = row.columns.get("access mode");
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

function depth(path: string): number {
  return path.split("/").length;
}
