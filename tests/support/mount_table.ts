/** One line of a process's mountinfo, as far as the tests ask. */
export interface MountLine {
  /** The mount's id: another one is another mount. */
  id: string;
  /** `major:minor` of the file system; a FUSE mount's minor names its connection. */
  device: string;
  /** Where, its octal escapes undone. */
  path: string;
  type: string;
  source: string;
}

/** All mounts that a process sees, in the kernel's order (later ones lie on top). */
export function mountTable(pid: number | "self"): MountLine[] {
  return Deno.readTextFileSync(`/proc/${pid}/mountinfo`).split("\n").filter((line) => line !== "")
    .map((line) => {
      const [before = "", after = ""] = line.split(" - ");
      const [id = "", , device = "", , path = ""] = before.split(" ");
      const [type = "", source = ""] = after.split(" ");
      return { id, device, path: plain(path), type, source: plain(source) };
    });
}

function plain(escaped: string): string {
  return escaped.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)));
}
