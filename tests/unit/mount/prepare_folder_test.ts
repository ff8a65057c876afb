import assert from "node:assert/strict";
import { parseMountinfo } from "../../../lib/mount/mountinfo.ts";
import type { Folders, PinnedFolder } from "../../../lib/ports/folders.ts";
import { prepareFolder } from "../../../lib/mount/prepare_folder.ts";

/** What is wrong with a folder; `undefined` for one that is ready. */
function problem(...args: Parameters<typeof prepareFolder>): string | undefined {
  const prepared = prepareFolder(...args);
  return prepared.kind === "problem"
    ? prepared.message
    : prepared.kind === "ready"
    ? undefined
    : prepared.kind;
}

const LOCAL = parseMountinfo("1 0 8:1 / / rw - ext4 d rw");

function fake(
  names: string[] | undefined,
  { mountId = 1, full = [] as string[] } = {},
): Folders & {
  names: string[] | undefined;
  made: string[];
  closed: number;
  lock: ReturnType<PinnedFolder["lock"]>;
} {
  const world = {
    names,
    made: [] as string[],
    closed: 0,
    lock: (() => {}) as ReturnType<PinnedFolder["lock"]>,
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
        lock: () => world.lock,
        close: () => void world.closed++,
      };
    },
  };
  return world;
}

Deno.test("a missing target is made", () => {
  const folders = fake(undefined);
  assert.equal(problem("/m", () => LOCAL, folders), undefined);
  assert.deepEqual(folders.made, ["/m"]);
});

Deno.test("empty mnt-N of an earlier run go, and only those", () => {
  const folders = fake(["mnt-0", "mnt-11"]);
  assert.equal(problem("/m", () => LOCAL, folders), undefined);
  assert.deepEqual(folders.names, []);
  assert.equal(folders.closed, 2, "it is looked at once more when it is locked");
});

Deno.test("somebody's data is a problem that names it, and stays", () => {
  const folders = fake(["mnt-0", "model.bin", "a", "b", "c"]);
  const told = problem("/m", () => LOCAL, folders) ?? "";
  assert.match(told, /"\/m".*plain folder.*"model\.bin", "a", "b" and more.*move that away/);
  assert.deepEqual(folders.names, ["model.bin", "a", "b", "c"]);
});

Deno.test("a mnt-N that is not empty is data too", () => {
  const folders = fake(["mnt-0"], { full: ["mnt-0"] });
  assert.match(problem("/m", () => LOCAL, folders) ?? "", /"mnt-0"/);
});

Deno.test("what may hang is not read: a FUSE mount that came meanwhile, a network file system", () => {
  const folders = fake(["data"], { mountId: 9 });
  let reads = 0;
  const later = parseMountinfo("1 0 8:1 / / rw - ext4 d rw\n9 1 0:9 / /m rw - fuse s rw");
  assert.equal(problem("/m", () => reads++ === 0 ? LOCAL : later, folders), "covered");
  assert.equal(folders.closed, 1);
  assert.equal(problem("/m", () => later, folders), "covered", "it is seen before it is asked");
  assert.equal(folders.closed, 1);
  assert.equal(problem("/m", () => LOCAL, fake(["data"], { mountId: 9 })), undefined);
  const network = parseMountinfo("1 0 8:1 / / rw - ext4 d rw\n9 1 0:9 / /m rw - nfs4 s rw");
  assert.equal(problem("/m/x", () => network, fake(undefined)), undefined);
});

Deno.test("a refusal of the system is told with the path", () => {
  const folders = fake(undefined);
  folders.make = () => {
    throw new Error("Read-only file system");
  };
  assert.match(problem("/m", () => LOCAL, folders) ?? "", /"\/m".*Read-only file system/);
});

Deno.test("a folder that another client has ready is taken; where nothing can be locked we go on", () => {
  const folders = fake([]);
  folders.lock = "taken";
  assert.equal(prepareFolder("/m", () => LOCAL, folders).kind, "taken");
  folders.lock = undefined;
  assert.equal(prepareFolder("/m", () => LOCAL, folders).kind, "ready");
  assert.equal(folders.closed, 2);
});

Deno.test("a mount that came before the folder could be locked is seen, and the lock given back", () => {
  const folders = fake([]);
  let released = 0;
  let pins = 0;
  const covered = {
    ...folders,
    pin: () => {
      const pinned = folders.pin("/m");
      return pinned && { ...pinned, mountId: ++pins, lock: () => () => void released++ };
    },
  };
  assert.equal(prepareFolder("/m", () => LOCAL, covered).kind, "covered");
  assert.equal(released, 1);
});

Deno.test("a local mount of the target, as a volume is, is a folder; FUSE above it is left unlooked", () => {
  const volume = parseMountinfo("1 0 8:1 / / rw - ext4 d rw\n9 1 8:2 / /m rw - xfs e rw");
  assert.match(problem("/m", () => volume, fake(["data"], { mountId: 9 })) ?? "", /"data"/);
  assert.equal(problem("/m", () => volume, fake([], { mountId: 9 })), undefined);
  const above = parseMountinfo("1 0 8:1 / / rw - ext4 d rw\n9 1 0:9 / /m rw - fuse s rw");
  const untouched = fake(["data"]);
  assert.equal(problem("/m/x", () => above, untouched), undefined);
  assert.equal(untouched.closed, 0, "nobody has looked into it");
});
