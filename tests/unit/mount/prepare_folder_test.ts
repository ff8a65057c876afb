import assert from "node:assert/strict";
import { parseMountinfo } from "../../../lib/mount/mountinfo.ts";
import type { Folders, PinnedFolder } from "../../../lib/ports/folders.ts";
import { prepareFolder } from "../../../lib/mount/prepare_folder.ts";

const LOCAL = parseMountinfo("1 0 8:1 / / rw - ext4 d rw");

function fake(
  names: string[] | undefined,
  { mountId = 1, full = [] as string[] } = {},
): Folders & { names: string[] | undefined; made: string[]; closed: number } {
  const world = {
    names,
    made: [] as string[],
    closed: 0,
    make(path: string): void {
      world.made.push(path);
      world.names = [];
    },
    pin(): PinnedFolder | undefined {
      const inside = world.names;
      if (inside === undefined) return undefined;
      return {
        mountId,
        names: (limit: number) => inside.slice(0, limit),
        removeEmpty: (name: string) => {
          if (full.includes(name)) return false;
          world.names = (world.names ?? []).filter((one) => one !== name);
          return true;
        },
        close: () => void world.closed++,
      };
    },
  };
  return world;
}

Deno.test("a missing target is made", () => {
  const folders = fake(undefined);
  assert.equal(prepareFolder("/m", () => LOCAL, folders), undefined);
  assert.deepEqual(folders.made, ["/m"]);
});

Deno.test("empty mnt-N of an earlier run go, and only those", () => {
  const folders = fake(["mnt-0", "mnt-11"]);
  assert.equal(prepareFolder("/m", () => LOCAL, folders), undefined);
  assert.deepEqual(folders.names, []);
  assert.equal(folders.closed, 1);
});

Deno.test("somebody's data is a problem that names it, and stays", () => {
  const folders = fake(["mnt-0", "model.bin", "a", "b", "c"]);
  const problem = prepareFolder("/m", () => LOCAL, folders) ?? "";
  assert.match(problem, /"\/m".*plain folder.*"model\.bin", "a", "b" and more.*move that away/);
  assert.deepEqual(folders.names, ["model.bin", "a", "b", "c"]);
});

Deno.test("a mnt-N that is not empty is data too", () => {
  const folders = fake(["mnt-0"], { full: ["mnt-0"] });
  assert.match(prepareFolder("/m", () => LOCAL, folders) ?? "", /"mnt-0"/);
});

Deno.test("what may hang is not read: a FUSE mount that came meanwhile, a network file system", () => {
  const folders = fake(["data"], { mountId: 9 });
  let reads = 0;
  const later = parseMountinfo("1 0 8:1 / / rw - ext4 d rw\n9 1 0:9 / /m rw - fuse s rw");
  assert.equal(prepareFolder("/m", () => reads++ === 0 ? LOCAL : later, folders), undefined);
  assert.equal(prepareFolder("/m", () => LOCAL, fake(["data"], { mountId: 9 })), undefined);
  const network = parseMountinfo("1 0 8:1 / / rw - ext4 d rw\n9 1 0:9 / /m rw - nfs4 s rw");
  assert.equal(prepareFolder("/m/x", () => network, fake(undefined)), undefined);
});

Deno.test("a refusal of the system is told with the path", () => {
  const folders = fake(undefined);
  folders.make = () => {
    throw new Error("Read-only file system");
  };
  assert.match(prepareFolder("/m", () => LOCAL, folders) ?? "", /"\/m".*Read-only file system/);
});
