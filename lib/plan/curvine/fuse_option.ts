import { nearestName } from "../../text/nearest_name.ts";
import { keyOf } from "./key_table.ts";

/** Words of `fuse_opts`, each with the one that it cannot stand beside. Curvine: Mount options. */
const OPPOSITES: Readonly<Record<string, string | undefined>> = {
  ro: "rw",
  rw: "ro",
  dev: "nodev",
  nodev: "dev",
  suid: "nosuid",
  nosuid: "suid",
  exec: "noexec",
  noexec: "exec",
  atime: "noatime",
  noatime: "atime",
  sync: "async",
  async: "sync",
  dirsync: undefined,
  allow_other: undefined,
  default_permissions: undefined,
  big_write: undefined,
};

/** What other FUSE file systems have and curvine-fuse refuses, with what stands for it here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  allow_root: "allow_other lets everybody in",
  auto_unmount: "curvine-fluid unmounts at every end",
  max_write: "curvine-fuse asks for as much as the kernel gives",
  max_read: "curvine-fuse asks for as much as the kernel gives",
  nonempty: "leave it out: curvine-fluid clears what an earlier client left behind",
  relatime: "leave it out: it is what the kernel does anyway",
  fsname: "leave it out: the mount is always of curvinefs",
  subtype: "leave it out: the mount is always of curvinefs",
  defaults: "leave it out: it asks for nothing",
  _netdev: "leave it out: it is for /etc/fstab",
  nofail: "leave it out: it is for /etc/fstab",
};

/** Whether a word is an option of mount(2) or FUSE that curvine-fuse takes. */
export function isFuseOption(word: string): boolean {
  return Object.hasOwn(OPPOSITES, word);
}

/** Whether a word is an option that other FUSE file systems take, and curvine-fuse does not. */
export function isOtherFuseOption(word: string): boolean {
  return Object.hasOwn(ELSEWHERE, word);
}

/** What is wrong with a list of mount options. */
export interface FuseOptionFault {
  readonly message: string;
  readonly hint?: string;
}

/**
 * What curvine-fuse would refuse of its mount options, which it does only at the start: its own
 * `validate-config` does not look at them.
 *
 * Source: Curvine, Mount options.
 *
 * @param entries `fuse_opts`: each may hold several, with commas between them
 * @param readOnly whether `fuse.readonly` is true
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(fuseOptionFaults(["allow_other", "noatime,ro"], true), []);
 * const [fault] = fuseOptionFaults(["alow_other"], false);
 * assert.equal(fault?.hint, "write allow_other");
 * ```
 */
export function fuseOptionFaults(
  entries: readonly string[],
  readOnly: boolean,
): FuseOptionFault[] {
  const faults: FuseOptionFault[] = [];
  const seen = new Set<string>();
  for (const part of entries.flatMap((entry) => entry.split(","))) {
    const word = part.trim();
    const opposite = isFuseOption(word) ? OPPOSITES[word] : undefined;
    if (!isFuseOption(word)) faults.push(unknownOption(word));
    else if (opposite !== undefined && seen.has(opposite)) {
      faults.push({ message: `holds both "${opposite}" and "${word}"; one of them is wanted` });
    } else if (word === "rw" && readOnly) {
      faults.push({
        message: 'holds "rw" while the mount is read-only; one of the two is wanted',
        hint: 'leave out "rw"',
      });
    }
    seen.add(word);
  }
  return faults;
}

function unknownOption(word: string): FuseOptionFault {
  const quoted = JSON.stringify(word);
  if (word === "") return { message: "holds an empty option", hint: "take a comma away" };
  const [name = ""] = word.split("=", 1);
  if (Object.hasOwn(ELSEWHERE, name)) {
    return {
      message: `holds ${quoted}, which curvine-fuse refuses`,
      ...(ELSEWHERE[name] === undefined ? {} : { hint: ELSEWHERE[name] }),
    };
  }
  if (isFuseOption(name)) {
    return { message: `holds ${quoted}, but "${name}" takes no value`, hint: `write ${name}` };
  }
  const key = ownKey(name);
  const near = meant(word) ?? nearestName(name.toLowerCase(), Object.keys(OPPOSITES));
  return {
    message: `holds ${quoted}; of ${Object.keys(OPPOSITES).join(", ")} some are wanted`,
    ...(key !== undefined
      ? { hint: `it is an option of its own: ${key}` }
      : near === undefined
      ? {}
      : { hint: `write ${near}` }),
  };
}

/** The key of `[fuse]` that other file systems have among their mount options: `umask=022`. */
function ownKey(name: string): string | undefined {
  const plain = name.replaceAll("-", "_");
  const isKey = [plain, `${plain}_ms`].some((one) => keyOf("fuse", one) !== undefined);
  return isKey ? `fuse.${plain}` : undefined;
}

/** Several words that something else than a comma parts, or the `-o` before them. */
function meant(word: string): string | undefined {
  const words = word.replace(/^-o\s*/, "").split(/[\s;:|]+/).filter((one) => one !== "");
  return words.length > 0 && words.every(isFuseOption) ? words.join(",") : undefined;
}
