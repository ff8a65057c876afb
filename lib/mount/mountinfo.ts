/** One line of `/proc/self/mountinfo` (proc(5)), escapes decoded. */
export interface Mount {
  /** Unique while the mount lives; may be used again afterwards. */
  readonly id: number;
  /** The id of the mount that this one is mounted on. */
  readonly parent: number;
  /** `major:minor` of the super block. For FUSE the minor is the name of its connection. */
  readonly device: string;
  /** The path inside the file system that is mounted: not `/` for most bind mounts. */
  readonly root: string;
  /** The mount point, as a path of this process. */
  readonly path: string;
  /** Per-mount options such as `rw`. */
  readonly options: readonly string[];
  /** Optional fields such as `shared:12` or `master:3`. */
  readonly propagation: readonly string[];
  /** The file system's type, such as `ext4` or `fuse.curvinefs`. */
  readonly type: string;
  readonly source: string;
}

/**
 * Parses the whole table. Lines that make no sense are left out: the kernel may grow new fields,
 * and a supervisor must not end over a line that it does not need.
 *
 * Linear in the text; 10,000 mounts are usual on a big node.
 *
 * @example
 * ```ts
 *
 * const [mount] = parseMountinfo(
 *   "61 27 0:52 / /mnt/with\\040space rw,nosuid - fuse.curvinefs curvinefs rw,user_id=0\n",
 * );
 * if (mount?.path !== "/mnt/with space" || mount.device !== "0:52") throw new Error("no");
 * ```
 */
export function parseMountinfo(text: string): Mount[] {
  if (text === last.text) return last.mounts.slice();
  const mounts: Mount[] = [];
  let from = 0;
  while (from < text.length) {
    let to = text.indexOf("\n", from);
    if (to < 0) to = text.length;
    const mount = parseLine(text.slice(from, to));
    if (mount !== undefined) mounts.push(mount);
    from = to + 1;
  }
  if (text.length <= MOST_REMEMBERED) last = { text, mounts: mounts.slice() };
  return mounts;
}

/** A start, and whatever a change of the table sets off, looks at the same table several times. */
let last: { readonly text: string; readonly mounts: readonly Mount[] } = { text: "", mounts: [] };
/** A table of thousands of mounts would be held for ever, at megabytes. */
const MOST_REMEMBERED = 32 * 1024;

function parseLine(line: string): Mount | undefined {
  // Spaces inside a field are escaped, so a single space always separates.
  const fields = line.split(" ");
  const dash = fields.indexOf("-", 6);
  if (dash < 0) return undefined;
  const [id, parent, device = "", root = "", path = "", options = ""] = fields;
  const numbers = [Number(id), Number(parent)] as const;
  if (!numbers.every(Number.isSafeInteger)) return undefined;
  return {
    id: numbers[0],
    parent: numbers[1],
    device,
    root: unescapeField(root),
    path: unescapeField(path),
    options: options.split(","),
    propagation: fields.slice(6, dash),
    type: unescapeField(fields[dash + 1] ?? ""),
    source: unescapeField(fields[dash + 2] ?? ""),
  };
}

/**
 * Undoes the kernel's escapes: `\040` for a space, `\011`, `\012`, `\043` and `\134`. One pass, so
 * that a path which really holds the text `\040` (shown as `\134040`) comes out as it is.
 */
export function unescapeField(field: string): string {
  if (!field.includes("\\")) return field;
  return field.replace(
    /\\([0-3][0-7]{2})/g,
    (_, octal: string) => String.fromCharCode(parseInt(octal, 8)),
  );
}

/** Whether the file system is served by a FUSE daemon. */
export function isFuse(mount: Mount): boolean {
  return mount.type === "fuse" || mount.type === "fuseblk" || mount.type.startsWith("fuse.");
}

/** Whether others see what is mounted there: it has a peer group. */
export function isShared({ propagation }: Pick<Mount, "propagation">): boolean {
  return propagation.some((field) => field.startsWith("shared:"));
}

/** The name of a device's FUSE connection: its minor number. */
export function minorOf(device: string): string {
  return device.slice(device.indexOf(":") + 1);
}
