import assert from "node:assert/strict";
import type { FolderFacts } from "../../../../lib/system/folder_facts.ts";
import { judgeDevice } from "../../../../lib/tools/doctor/device.ts";
import {
  type AskedFolder,
  judgeFolders,
  wantedFolders,
} from "../../../../lib/tools/doctor/folders.ts";
import { judgeLimits, parseLimit } from "../../../../lib/tools/doctor/limits.ts";
import { judgeMemory, memoryTiers } from "../../../../lib/tools/doctor/memory.ts";
import { judgeSpace, tierQuotas } from "../../../../lib/tools/doctor/space.ts";
import { judgeTakeover } from "../../../../lib/tools/doctor/takeover.ts";
import { shown } from "../../../support/findings.ts";
import { cacheConfig, cacheWorld, plan } from "../../../support/generation.ts";

const GiB = 2 ** 30;

Deno.test("a client without the device, the capability, or either, is told so", () => {
  assert.equal(shown([judgeDevice({ device: undefined, mayMount: true })]), "ok fuse");
  const denied = judgeDevice({ device: "Operation not permitted", mayMount: false });
  assert.equal(shown([denied]), "fail fuse container");
  assert.match(denied.seen, /\/dev\/fuse.*not permitted; we lack CAP_SYS_ADMIN/);
  assert.doesNotMatch(judgeDevice({ device: undefined, mayMount: false }).seen, /dev/);
});

const ROOMY = {
  files: { soft: 1024, hard: 524_288 },
  raisesFiles: true,
  group: { processes: 20, processLimit: 4096 },
  splice: undefined,
};

Deno.test("of open files a client's hard limit counts, and a server's soft one", () => {
  assert.equal(shown(judgeLimits(ROOMY)), "ok limits");
  const server = judgeLimits({ ...ROOMY, raisesFiles: false });
  assert.equal(shown(server), "warn limits container");
  assert.match(server[0]?.seen ?? "", /1024.*soft/);
  const low = judgeLimits({ ...ROOMY, files: { soft: 1024, hard: 4096 } });
  assert.match(low[0]?.seen ?? "", /4096.*hard/);
});

Deno.test("processes that are nearly used up warn, and none left fails", () => {
  const nearly = { processes: 4090, processLimit: 4096 };
  assert.equal(shown(judgeLimits({ ...ROOMY, group: nearly })), "warn limits container");
  const none = { processes: 4096, processLimit: 4096 };
  assert.equal(shown(judgeLimits({ ...ROOMY, group: none })), "fail limits container");
  const free = { processes: 9999, processLimit: undefined };
  assert.equal(shown(judgeLimits({ ...ROOMY, group: free })), "ok limits");
});

Deno.test("pipes that are too small fail only where splice was asked for", () => {
  const asked = { code: "splice-impossible", message: "it will end" };
  assert.equal(shown(judgeLimits({ ...ROOMY, splice: asked })), "fail limits container");
  const off = judgeLimits({ ...ROOMY, splice: { code: "splice-off", message: "it is off" } });
  assert.equal(shown(off), "ok limits");
  assert.match(off[0]?.seen ?? "", /splice, which is off/);
});

Deno.test("a limit's line is read, none where there is no such line", () => {
  const text = "Max processes             unlimited            63                   processes \n";
  assert.deepEqual(parseLimit(text, "Max processes"), { soft: Infinity, hard: 63 });
  assert.equal(parseLimit(text, "Max open files"), undefined);
});

async function workerPlan(dataDir: string): ReturnType<typeof plan> {
  const config = cacheConfig({ worker: { options: { data_dir: dataDir } } });
  return await plan(cacheWorld("worker", config));
}

Deno.test("only the tiers in memory count, and only a worker's", async () => {
  const { config: { toml } } = await workerPlan("[MEM:2GB]/dev/shm/a,[SSD:1TB]/b,[MEM:1GB]/c");
  assert.equal(memoryTiers(toml, "worker"), 3 * GiB);
  assert.equal(memoryTiers(toml, "client"), 0);
});

const FREE = {
  memoryLimit: undefined,
  memoryUsed: undefined,
  memoryKills: 0,
  processLimit: undefined,
  processes: undefined,
};

Deno.test("a memory limit that does not hold the tiers and their process fails", () => {
  const limited = { ...FREE, memoryLimit: 2 * GiB };
  assert.equal(shown([judgeMemory(limited, 2 * GiB)]), "fail memory room");
  assert.equal(shown([judgeMemory(limited, GiB)]), "ok memory");
  // A small client has no tier to hold.
  assert.equal(shown([judgeMemory({ ...FREE, memoryLimit: GiB / 8 }, 0)]), "ok memory");
  // Version 1 of control groups has no other word for "no limit".
  assert.equal(
    shown([judgeMemory({ ...FREE, memoryLimit: 2 ** 63 - 4096 }, 2 * GiB)]),
    "ok memory",
  );
});

Deno.test("processes that the kernel has killed for memory are told", () => {
  const finding = judgeMemory({ ...FREE, memoryKills: 2 }, 0);
  assert.equal(shown([finding]), "warn memory room");
  assert.match(finding.seen, /2 processes/);
});

const THERE: FolderFacts = {
  kind: "directory",
  nearest: "/data",
  unwritable: null,
  size: 100 * GiB,
  available: 50 * GiB,
  names: [],
};
const META = { path: "/data", holds: "the metadata", quota: undefined };

Deno.test("metadata on a disk that is full fails, on one that is nearly full warns", () => {
  assert.equal(shown(judgeSpace(META, THERE)), "ok space");
  assert.equal(shown(judgeSpace(META, { ...THERE, available: GiB / 4 })), "warn space room");
  assert.equal(shown(judgeSpace(META, { ...THERE, available: 0 })), "fail space room");
});

Deno.test("a cache may fill its disk, but its quota must not be larger than that", () => {
  const cache = { path: "/c", holds: "the cache", quota: 90 * GiB };
  assert.equal(shown(judgeSpace(cache, { ...THERE, available: GiB / 4 })), "ok space");
  assert.equal(shown(judgeSpace({ ...cache, quota: 200 * GiB }, THERE)), "fail space room");
});

Deno.test("of a folder that does not answer its space is not told", () => {
  assert.deepEqual(judgeSpace(META, "late"), []);
  assert.deepEqual(judgeSpace(META, "unknown"), []);
  assert.deepEqual(judgeSpace(META, { ...THERE, size: null, available: null }), []);
});

Deno.test("quotas are known by their paths", async () => {
  const made = await workerPlan("[MEM:2GB]/dev/shm/a,[SSD]/b");
  assert.deepEqual([...tierQuotas(made)], [["/dev/shm/a", 2 * GiB]]);
});

function asked(facts: AskedFolder["facts"], more: Partial<AskedFolder> = {}): AskedFolder {
  return { path: "/data", holds: "the metadata", isRunFolder: false, facts, ...more };
}

Deno.test("what must be written: configuration, run folder of a client, folders of a server", async () => {
  const client = await plan(cacheWorld("client", cacheConfig({})));
  const holds = wantedFolders(client, ["/run/x", "/tmp/x"]).map(({ path }) => path);
  assert.deepEqual(holds, ["/app/curvine/conf", "/run/x", "/tmp/x"]);
  const server = wantedFolders(await workerPlan("/data"), ["/run/x"]).map(({ path }) => path);
  assert.deepEqual(server, ["/app/curvine/conf", "/data"]);
});

Deno.test("folders that can be written need no more than one line", () => {
  assert.equal(shown(judgeFolders([asked(THERE), asked("unknown")], 0)), "ok folders");
});

Deno.test("a folder on a read-only root wants a volume, one of another user its owner", () => {
  const readOnly = asked({ ...THERE, unwritable: "Read-only file system", nearest: "/" });
  const [first] = judgeFolders([readOnly], 65532);
  assert.equal(first?.verdict, "fail");
  assert.match(first.seen, /user 65532 cannot write "\/data" for the metadata \("\/" above it\)/);
  assert.match(first.mend ?? "", /volume there/);
  const theirs = asked({ ...THERE, unwritable: "Permission denied" });
  assert.match(judgeFolders([theirs], 65532)[0]?.mend ?? "", /chown/);
  const conf = asked({ ...THERE, unwritable: "Permission denied" }, { holds: "the configuration" });
  assert.match(judgeFolders([conf], 65532)[0]?.mend ?? "", /CURVINE_CONF_FILE/);
});

Deno.test("a folder that does not answer, and a file where a folder should be, fail", () => {
  assert.equal(shown(judgeFolders([asked("late")], 0)), "fail folders room");
  const file = judgeFolders([asked({ ...THERE, kind: "other" })], 0);
  assert.equal(shown(file), "fail folders room");
});

Deno.test("a run folder that cannot be written warns, for another one is taken", () => {
  const run = { isRunFolder: true, holds: "the control socket" };
  const denied = { ...THERE, unwritable: "Permission denied" };
  const wanted = asked(denied, { ...run, path: "/run/x" });
  const other = asked(THERE, { ...run, path: "/tmp/x" });
  const taken = judgeFolders([wanted, other], 0);
  assert.equal(shown(taken), "warn folders room");
  assert.match(taken[0]?.seen ?? "", /"\/run\/x".*"\/tmp\/x" is taken/);
  const none = judgeFolders([wanted], 0);
  assert.match(none[0]?.seen ?? "", /no folder for the control socket/);
});

Deno.test("takeover: the kernel's age is told, what forbids it warns", () => {
  const facts = { kernel: "6.18.5-generic", forbidden: undefined, told: undefined };
  assert.equal(shown([judgeTakeover(facts)]), "ok takeover");
  assert.doesNotMatch(judgeTakeover(facts).seen, /walk/);
  for (const kernel of ["5.15.0", "6.8.0-1", "6.15.9"]) {
    assert.match(judgeTakeover({ ...facts, kernel }).seen, /walk/, kernel);
  }
  assert.doesNotMatch(judgeTakeover({ ...facts, kernel: "7.0.0" }).seen, /walk/);
  const forbidden = judgeTakeover({ ...facts, forbidden: "Yama forbids it", told: "else" });
  assert.equal(shown([forbidden]), "warn takeover stale");
  assert.equal(forbidden.seen, "Yama forbids it");
  assert.equal(judgeTakeover({ ...facts, told: "the kernel is old" }).seen, "the kernel is old");
});
