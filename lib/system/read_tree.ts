import { reasonOf } from "../text/describe_error.ts";
/** One entry of a folder, links not followed. */
export interface TreeEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
  /** Where the caller asked for it. */
  readonly details: EntryDetails | undefined;
}

/** What `ls -l` shows of an entry. */
export interface EntryDetails {
  /** As stat(2) has it, the file type included. */
  readonly mode: number;
  readonly links: number;
  readonly user: number;
  readonly group: number;
  readonly size: number;
  /** 512-byte blocks. */
  readonly blocks: number;
  readonly changed: Date;
  /** A symbolic link's text. */
  readonly target: string | undefined;
}

/** A folder of the tree, in the order of `ls -R`. */
export interface TreeFolder {
  readonly path: string;
  readonly entries: readonly TreeEntry[];
  /** Why it could not be read. */
  readonly fault: string | undefined;
}

/** So many entries are asked for at once: a remote file system answers each after a while. */
const AT_ONCE = 64;

/**
 * Walks a tree folder by folder; only the folder at hand is in memory, for a data set may hold
 * millions of files. It follows no links.
 *
 * @param options.details whether each entry is asked for what `ls -l` shows
 * @param options.hidden whether entries whose names begin with a dot count
 */
export async function* readTree(
  root: string,
  options: { readonly details: boolean; readonly hidden: boolean },
): AsyncGenerator<TreeFolder, void, void> {
  const waiting = [root];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const folder = await readFolder(path, options);
    yield folder;
    for (const { kind, name } of folder.entries.toReversed()) {
      if (kind === "folder") waiting.push(`${path === "/" ? "" : path}/${name}`);
    }
  }
}

async function readFolder(
  path: string,
  { details, hidden }: { readonly details: boolean; readonly hidden: boolean },
): Promise<TreeFolder> {
  const found: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(path)) {
      if (hidden || !entry.name.startsWith(".")) found.push(entry);
    }
  } catch (error) {
    return { path, entries: [], fault: reasonOf(error) };
  }
  found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const entries: TreeEntry[] = [];
  for (let from = 0; from < found.length; from += AT_ONCE) {
    const some = found.slice(from, from + AT_ONCE);
    entries.push(
      ...await Promise.all(some.map(async (entry): Promise<TreeEntry> => ({
        name: entry.name,
        kind: entry.isFile
          ? "file"
          : entry.isDirectory
          ? "folder"
          : entry.isSymlink
          ? "link"
          : "other",
        details: details ? await detailsOf(`${path}/${entry.name}`, entry.isSymlink) : undefined,
      }))),
    );
  }
  return { path, entries, fault: undefined };
}

async function detailsOf(path: string, link: boolean): Promise<EntryDetails | undefined> {
  try {
    const info = await Deno.lstat(path);
    return {
      mode: info.mode ?? 0,
      links: info.nlink ?? 1,
      user: info.uid ?? 0,
      group: info.gid ?? 0,
      size: info.size,
      blocks: info.blocks ?? 0,
      changed: info.mtime ?? new Date(0),
      target: link ? await Deno.readLink(path) : undefined,
    };
  } catch {
    // It is gone again, or may not be looked at.
    return undefined;
  }
}

/** What one path is, for `ls` of something that is no folder. */
export async function entryAt(path: string): Promise<TreeEntry | undefined> {
  try {
    const info = await Deno.stat(path);
    const link = (await Deno.lstat(path)).isSymlink;
    return {
      name: path,
      kind: info.isDirectory ? "folder" : link ? "link" : info.isFile ? "file" : "other",
      details: await detailsOf(path, link),
    };
  } catch {
    return undefined;
  }
}

/** The names in a folder; none when it cannot be read. */
export function childNames(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => name);
  } catch {
    return [];
  }
}
