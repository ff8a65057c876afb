import { fileSystemSize } from "./file_system_size.ts";
import { mayWrite } from "./may_write.ts";

/** What a disposable child can tell of a folder that may be on any file system. */
export interface FolderFacts {
  readonly kind: "directory" | "other" | "absent";
  /** The folder itself or, where it is absent, the first above it that is there. */
  readonly nearest: string;
  /** Why nothing can be made in {@link nearest}, in the kernel's words; `null` when it can. */
  readonly unwritable: string | null;
  /** Of the file system, in bytes; `null` where it does not say. */
  readonly size: number | null;
  /** To an ordinary user, in bytes. */
  readonly available: number | null;
  /** Some of the names in it. */
  readonly names: readonly string[];
}

/** As many as a person needs to know whose they are. */
const MOST_NAMES = 4;

/** Looks at a folder. Blocks for as long as its file system likes: only a disposable child may. */
export function folderFacts(path: string): FolderFacts {
  const kind = kindOf(path);
  let nearest = path;
  while (kindOf(nearest) === "absent" && nearest !== "/") {
    nearest = nearest.replace(/\/+[^/]*\/*$/, "") || "/";
  }
  const space = fileSystemSize(nearest);
  return {
    kind,
    nearest,
    unwritable: mayWrite(nearest) ?? null,
    size: space === undefined ? null : Number(space.size),
    available: space === undefined ? null : Number(space.available),
    names: kind === "directory" ? someNames(path) : [],
  };
}

function kindOf(path: string): FolderFacts["kind"] {
  try {
    return Deno.statSync(path).isDirectory ? "directory" : "other";
  } catch {
    return "absent";
  }
}

/** Not all of them: a folder may hold millions. */
function someNames(path: string): string[] {
  const names: string[] = [];
  try {
    for (const { name } of Deno.readDirSync(path)) {
      names.push(name);
      if (names.length === MOST_NAMES) break;
    }
  } catch {
    // It may be entered and not be read.
  }
  return names.sort();
}
