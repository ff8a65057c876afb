import assert from "node:assert/strict";
import { fuseOptionFaults, isFuseOption } from "../../../../lib/plan/curvine/fuse_option.ts";

function faults(entries: string[], readOnly = false): string[] {
  return fuseOptionFaults(entries, readOnly)
    .map(({ message, hint }) => hint === undefined ? message : `${message} (${hint})`);
}

Deno.test("every option that curvine-fuse takes goes, once or twice, in lists or behind commas", () => {
  const all =
    "ro nodev nosuid noexec noatime dirsync async allow_other default_permissions big_write";
  assert.deepEqual(faults(all.split(" "), true), []);
  assert.deepEqual(faults([all.replaceAll(" ", " , ")]), []);
  assert.deepEqual(faults(["rw", "dev", "suid", "exec", "atime", "sync"]), []);
  assert.deepEqual(faults(["ro", "ro"]), []);
  assert.deepEqual(faults([]), []);
  for (const word of all.split(" ")) assert(isFuseOption(word), word);
  for (const word of ["", "RO", "constructor", "allow_root"]) assert(!isFuseOption(word), word);
});

Deno.test("a word in capitals is answered with the one that is meant", () => {
  assert.equal(fuseOptionFaults(["ASYNC"], false)[0]?.hint, "write async");
});

Deno.test("what curvine-fuse does not know is refused with the nearest name, all at once", () => {
  const found = faults(["alow_other", "no_atime,x"]);
  assert.equal(found.length, 3);
  assert.match(
    found[0] ?? "",
    /^holds "alow_other"; of ro, rw, .* are wanted \(write allow_other\)$/,
  );
  assert.match(found[1] ?? "", /\(write noatime\)$/);
  assert.match(found[2] ?? "", /^holds "x"; of ro, rw, /);
});

Deno.test("an empty option, one with a value, and what other file systems have are refused", () => {
  assert.deepEqual(faults(["ro,"]), ["holds an empty option (take a comma away)"]);
  assert.deepEqual(faults(["ro=1"]), [
    'holds "ro=1", but "ro" takes no value (write ro)',
  ]);
  for (const word of ["allow_root", "auto_unmount", "max_write=131072"]) {
    const [fault = ""] = faults([word]);
    assert(fault.startsWith(`holds "${word}", which curvine-fuse refuses (`), fault);
  }
});

Deno.test("words between which no comma stands, and keys of their own, are answered with what is meant", () => {
  const hints: Record<string, string> = {
    "allow_other ro": "write allow_other,ro",
    "allow_other;noatime": "write allow_other,noatime",
    "-o allow_other": "write allow_other",
    "umask=022": "it is an option of its own: fuse.umask",
    "attr_timeout=1": "it is an option of its own: fuse.attr_timeout",
    "direct_io": "it is an option of its own: fuse.direct_io",
    "max-background=9": "it is an option of its own: fuse.max_background",
    "nonempty": "leave it out: curvine-fluid clears what an earlier client left behind",
  };
  for (const [word, hint] of Object.entries(hints)) {
    assert.equal(fuseOptionFaults([word], false)[0]?.hint, hint, word);
  }
});

for (
  const pair of ["ro,rw", "dev,nodev", "nosuid,suid", "exec,noexec", "noatime,atime", "async,sync"]
) {
  Deno.test(`${pair} do not go together, in either order`, () => {
    const [one = "", other = ""] = pair.split(",");
    assert.deepEqual(faults([one, other]), [
      `holds both "${one}" and "${other}"; one of them is wanted`,
    ]);
    assert.deepEqual(faults([`${other},${one}`]), [
      `holds both "${other}" and "${one}"; one of them is wanted`,
    ]);
  });
}

Deno.test("rw does not go with a read-only mount", () => {
  assert.match(faults(["rw"], true)[0] ?? "", /^holds "rw" while the mount is read-only/);
  assert.deepEqual(faults(["rw"], false), []);
});
