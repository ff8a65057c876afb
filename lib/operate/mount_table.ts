import { normalizePath, normalizeUfs } from "../plan/curvine/ufs_path.ts";
import { plainText } from "../text/plain_text.ts";

/** One row of Curvine's mount table. */
export interface MountRow {
  readonly id: string;
  /** Where it appears inside Curvine, normalized: `/data`. */
  readonly path: string;
  /** What is mounted, normalized: `s3://bucket/data`. */
  readonly ufs: string;
  /** The other columns by their lower-case heading: `write type`, `access mode`, … */
  readonly columns: ReadonlyMap<string, string>;
}

/**
 * Who leads in a mount, as the table shows it: `cache_mode` or `fs_mode`, however a build of
 * Curvine's spells it, or a mode that we do not know; it may have no column.
 */
export function writeTypeOf(row: MountRow): string | undefined {
  const shown = row.columns.get("write type");
  const word = shown?.toLowerCase().replaceAll(/[^a-z]/g, "");
  return word === "fsmode" ? "fs_mode" : word === "cachemode" ? "cache_mode" : shown;
}

/** The table cannot be read from what the cli printed; nothing may be decided from it. */
export class MountTableError extends Error {
  override readonly name = "MountTableError";
}

/**
 * Reads what `cv mount` prints. Log lines, warnings, colours and borders around the rows are
 * skipped; the headings tell the columns, for versions differ in them. A path may itself hold the
 * `|` that separates the columns.
 *
 * Source: Curvine, cv mount.
 *
 * @throws {MountTableError} when there is no table, or rows are missing by its own count: an
 * unread row taken for an absent mount would be mounted again, or left behind
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const [row] = readMountTable(`Mount Table:
 * | ID | Curvine Path | UFS Path         | Provider |
 * | 7  | /data        | s3://bucket/data | auto     |
 * Total mount points: 1`);
 * assert.equal(row?.path, "/data");
 * assert.deepEqual(readMountTable("Mount Table: (empty)"), []);
 * ```
 */
export function readMountTable(printed: string): MountRow[] {
  const lines = plainText(printed).split("\n").map((line) => line.trim());
  let headings: readonly string[] | undefined;
  let total: number | undefined;
  const rows: MountRow[] = [];
  for (const line of lines) {
    if (/^mount table:\s*\(empty\)$/i.test(line)) total ??= 0;
    const count = /^total mount points:\s*(\d+)$/i.exec(line)?.[1];
    if (count !== undefined) total = Number(count);
    if (!/^\|.*\|$/.test(line)) continue;
    const cells = line.slice(1, -1).split("|");
    if (headings === undefined) headings = headingsOf(cells);
    else if (headingsOf(cells) === undefined) rows.push(toRow(cells, headings));
  }
  if (headings === undefined && total !== 0) {
    throw new MountTableError(
      'Cannot read Curvine\'s mount table: "curvine-cli mount" printed neither a table nor ' +
        '"Mount Table: (empty)"',
    );
  }
  if (total !== undefined && total !== rows.length) {
    throw new MountTableError(
      `Cannot read Curvine's mount table: it counts ${total} mounts, but ${rows.length} could be read`,
    );
  }
  return rows;
}

function headingsOf(cells: readonly string[]): string[] | undefined {
  const headings = cells.map((cell) => cell.trim().toLowerCase());
  return pathColumn(headings) >= 0 && headings.includes("ufs path") ? headings : undefined;
}

function pathColumn(headings: readonly string[]): number {
  return headings.findIndex((heading) => heading === "curvine path" || heading === "cv path");
}

function toRow(cells: readonly string[], headings: readonly string[]): MountRow {
  const path = pathColumn(headings);
  const ufs = headings.indexOf("ufs path");
  const extra = cells.length - headings.length;
  if (extra < 0 || ufs !== path + 1) {
    throw new MountTableError(
      `Cannot read Curvine's mount table: a row has ${cells.length} columns, wanted ${headings.length}`,
    );
  }
  // With `|` inside the two paths, the UFS path begins at the last cell that opens with a scheme.
  const paths = cells.slice(path, path + 2 + extra);
  const split = extra === 0
    ? 1
    : paths.findLastIndex((cell, index) => index > 0 && /^ [a-z][a-z0-9+.-]*:\/\//i.test(cell));
  if (split < 1) {
    throw new MountTableError(
      "Cannot read Curvine's mount table: a row's paths cannot be told apart at their |",
    );
  }
  const joined = [
    ...cells.slice(0, path),
    paths.slice(0, split).join("|"),
    paths.slice(split).join("|"),
    ...cells.slice(path + 2 + extra),
  ].map((cell) => cell.trim());
  const columns = new Map(headings.map((heading, index) => [heading, joined[index] ?? ""]));
  return {
    id: columns.get("id") ?? "",
    path: normalizePath(joined[path] ?? ""),
    ufs: normalizeUfs(joined[ufs] ?? ""),
    columns,
  };
}
