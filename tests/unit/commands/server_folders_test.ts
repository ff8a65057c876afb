import assert from "node:assert/strict";
import { prepareServerFolders } from "../../../lib/commands/server_folders.ts";
import { CommandError } from "../../../lib/ports/command_error.ts";
import { type FakeHost, fakeHost } from "../../support/fake_host.ts";
import {
  BASE_PATH,
  cacheConfig,
  type CacheParts,
  cacheWorld,
  plan,
} from "../../support/generation.ts";

async function prepared(
  component: "master" | "worker",
  parts: CacheParts,
  unwritable: Readonly<Record<string, string>> = {},
  base = "",
): Promise<{ host: FakeHost; message: string }> {
  const host = fakeHost({ unwritable, files: { "/meta/there/CURRENT": "x" } });
  const world = cacheWorld(component, cacheConfig(parts));
  const made = await plan({ ...world, files: { ...world.files, [BASE_PATH]: base } });
  try {
    prepareServerFolders(made, host);
  } catch (error) {
    assert(error instanceof CommandError);
    assert.equal(error.exitCode, 71);
    return { host, message: error.message };
  }
  return { host, message: "" };
}

const MASTER = { master: { options: { meta_dir: "/meta/x", journal_dir: "/journal/y/" } } };

Deno.test("a master's folders are made above what Curvine makes itself", async () => {
  const { host, message } = await prepared("master", MASTER);
  assert.equal(message, "");
  assert.deepEqual(
    [...host.folders],
    ["/meta", "/journal"],
  );
});

Deno.test("a worker's cache folders are made, all of them", async () => {
  const { host } = await prepared("worker", {
    worker: { options: { data_dir: "[MEM:1GB]/dev/shm/a,[SSD]/b,/c" } },
  });
  assert.deepEqual([...host.folders], ["/dev/shm/a", "/b", "/c"]);
});

Deno.test("folders that may not be written are told at once: which, for what, whose, and the mend", async () => {
  const { message } = await prepared("master", MASTER, {
    "/meta": "Permission denied",
    "/journal": "Read-only file system",
  });
  const user = Deno.uid();
  const [meta, journal, mend, ...more] = message.split("\n");
  assert.equal(
    meta,
    `Cannot use "/meta/x" for the metadata as user ${user}: "/meta" above it: Permission denied`,
  );
  assert.equal(
    journal,
    `Cannot use "/journal/y/" for the journal as user ${user}: "/journal" above it: ` +
      "Read-only file system",
  );
  assert.match(mend ?? "", new RegExp(`chown -R ${user} .*fsGroup does nothing for hostPath`));
  assert.deepEqual(more, []);
});

Deno.test("a folder that is there is what has to be written, not the one above", async () => {
  const there = { master: { options: { meta_dir: "/meta/there", journal_dir: "/journal" } } };
  const fine = await prepared("master", there, { "/meta": "Permission denied" });
  assert.equal(fine.message, "");
  const { message } = await prepared("master", there, { "/meta/there": "Permission denied" });
  assert.match(message, /^Cannot use "\/meta\/there" for the metadata as user \d+: Permission/);
});

Deno.test("a journal that is not kept needs no folder, a log that is kept needs one", async () => {
  const options = { meta_dir: "/m/x", journal_dir: "/j/x", "journal.enable": "false" };
  const denied = { "/j": "Permission denied", "/log": "Permission denied" };
  assert.equal((await prepared("master", { master: { options } }, denied)).message, "");
  const logged = { ...options, "log.log_dir": "/log" };
  const { message } = await prepared("master", { master: { options: logged } }, denied);
  assert.match(message, /^Cannot use "\/log" for the log as user/);
});

Deno.test("a relative folder lies below Curvine's working directory", async () => {
  const { message } = await prepared("worker", {}, {
    "/app/curvine/cache": "Permission denied",
  }, '[worker]\ndata_dir = ["[SSD]cache"]\n');
  assert.match(message, /^Cannot use "\/app\/curvine\/cache" for the cache/);
});

Deno.test("a folder that cannot be made is told with the reason", async () => {
  const host = fakeHost();
  host.makeFolder = () => {
    throw new Error("Not a directory");
  };
  const made = await plan(cacheWorld("worker", cacheConfig()));
  assert.throws(
    () => prepareServerFolders(made, host),
    /^CommandError: Cannot use "\/cache-data" for the cache as user \d+: it cannot be made: Not a directory\n/,
  );
});

Deno.test("what is no folder is named without advice about users", async () => {
  const made = await plan(cacheWorld("worker", cacheConfig()));
  for (
    const [given, it] of [
      [{ files: { "/cache-data": "x" } }, "it is no folder"],
      [{ links: ["/cache-data"] }, "it is a link that leads to no folder"],
    ] as const
  ) {
    assert.throws(
      () => prepareServerFolders(made, fakeHost(given)),
      (error: Error) =>
        /^Cannot use "\/cache-data" for the cache as user \d+: /.test(error.message) &&
        error.message.endsWith(`: ${it}; remove it, or name another`),
    );
  }
});
