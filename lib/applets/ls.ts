import type { Host } from "../ports/host.ts";
import { entryAt, type EntryDetails, readTree, type TreeEntry } from "../system/read_tree.ts";
import { readShortOptions } from "./short_options.ts";

/** GNU ls: a minor problem such as an unreadable folder; a path that cannot be listed. */
const MINOR = 1;
const SERIOUS = 2;

/** `ls [-lRaA1] [PATH…]`: Fluid walks a ThinRuntime's mount with `ls -lR` to warm its metadata. */
export async function applet(args: readonly string[], host: Host): Promise<number> {
  const options = readShortOptions(args, "lRaA1");
  if (!options.ok) {
    host.stderr(`ls: ${options.fault}; curvine-fluid's ls takes -l, -R, -a, -A, -1\n`);
    return SERIOUS;
  }
  const { letters } = options;
  const paths = options.operands.length === 0 ? ["."] : options.operands;
  const style = {
    long: letters.includes("l"),
    recursive: letters.includes("R"),
    hidden: /[aA]/.test(letters),
  };
  let code = 0;
  for (const [index, path] of paths.entries()) {
    if (index > 0) host.stdout("\n");
    code = Math.max(code, await list(path, style, paths.length > 1, host));
  }
  return code;
}

interface Style {
  readonly long: boolean;
  readonly recursive: boolean;
  readonly hidden: boolean;
}

async function list(path: string, style: Style, several: boolean, host: Host): Promise<number> {
  const entry = await entryAt(path);
  if (entry === undefined) {
    host.stderr(`ls: cannot access '${path}': it does not exist or does not answer\n`);
    return SERIOUS;
  }
  if (entry.kind !== "folder") {
    host.stdout(`${style.long ? longLine(entry) : entry.name}\n`);
    return 0;
  }
  let code = 0;
  let first = true;
  const root = path.replace(/(?<=.)\/+$/, "");
  for await (const folder of readTree(root, { details: style.long, hidden: style.hidden })) {
    if (folder.fault !== undefined) {
      host.stderr(`ls: cannot open directory '${folder.path}': ${folder.fault}\n`);
      code = first ? SERIOUS : Math.max(code, MINOR);
    }
    const { entries } = folder;
    const heading = style.recursive || several ? `${first ? "" : "\n"}${folder.path}:\n` : "";
    // Half of the 512-byte blocks: ls counts kibibytes.
    const total = entries.reduce((sum, one) => sum + (one.details?.blocks ?? 0) / 2, 0);
    const lines = entries.map((one) => style.long ? longLine(one) : printable(one.name));
    if (style.long) lines.unshift(`total ${Math.ceil(total)}`);
    host.stdout(heading + lines.map((line) => `${line}\n`).join(""));
    first = false;
    if (!style.recursive) break;
  }
  return code;
}

function longLine({ name, kind, details }: TreeEntry): string {
  const letter = details === undefined ? LETTERS[kind] : typeLetter(details.mode);
  if (details === undefined) return `${letter}????????? ? ? ? ? ? ${printable(name)}`;
  const { links, user, group, size, changed, target } = details;
  const arrow = target === undefined ? "" : ` -> ${printable(target)}`;
  return `${letter}${permissions(details)} ${links} ${user} ${group} ${size} ${date(changed)} ` +
    printable(name) + arrow;
}

const LETTERS = { file: "-", folder: "d", link: "l", other: "?" } as const;

/** stat(2): the file type's bits. */
const TYPES: Readonly<Record<number, string>> = {
  0o010000: "p",
  0o020000: "c",
  0o040000: "d",
  0o060000: "b",
  0o100000: "-",
  0o120000: "l",
  0o140000: "s",
};

function typeLetter(mode: number): string {
  return TYPES[mode & 0o170000] ?? "?";
}

function permissions({ mode }: EntryDetails): string {
  const bits = [...Array(9).keys()].map((index) =>
    mode >> (8 - index) & 1 ? "rwx"[index % 3] : "-"
  );
  if (mode & 0o4000) bits[2] = bits[2] === "x" ? "s" : "S";
  if (mode & 0o2000) bits[5] = bits[5] === "x" ? "s" : "S";
  if (mode & 0o1000) bits[8] = bits[8] === "x" ? "t" : "T";
  return bits.join("");
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function date(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ` +
    `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}

/** A line is an entry: a name with a line end in it must not look like two. */
function printable(name: string): string {
  // deno-lint-ignore no-control-regex
  return name.replace(/[\x00-\x1f\x7f]/g, "?");
}
