import assert from "node:assert/strict";
import { lockFile } from "../../lib/system/file_lock.ts";
import { openKernel } from "../../lib/system/kernel_calls.ts";
import { withPrivateFile } from "../../lib/system/private_file.ts";
import { lookUpHost, resolveHost } from "../../lib/system/resolve_host.ts";
import { runChild } from "../../lib/system/run_child.ts";
import { missing } from "../support/requirements.ts";

const ignore = missing("tool:sh", "tool:sleep");

Deno.test({
  name: "runChild gives lines as they come, both streams and the code",
  ignore,
  fn: async () => {
    const lines: string[] = [];
    const result = await runChild(["sh", "-c", "echo a; echo b >&2; printf c; exit 3"], {
      onLine: (line, stream) => lines.push(`${stream} ${line}`),
    });
    assert.deepEqual(result, { code: 3, stdout: "a\nc", stderr: "b\n", stopped: undefined });
    assert.deepEqual(lines.toSorted(), ["stderr b", "stdout a", "stdout c"]);
  },
});

Deno.test({
  name: "runChild ends a child that ignores TERM, and all that it started",
  ignore,
  fn: async () => {
    const script = "trap '' TERM; sleep 600 & echo $!; sleep 600 & echo $!; wait";
    const result = await runChild(["sh", "-c", script], { limitMs: 3_000, graceMs: 100 });
    assert.equal(result.stopped, "limit");
    for (const pid of result.stdout.trim().split("\n")) {
      assert(!isAlive(pid), `${pid} is alive`);
    }
  },
});

Deno.test({
  name: "runChild does not wait for a grandchild that keeps a pipe open",
  ignore,
  fn: async () => {
    const result = await runChild(["sh", "-c", "sleep 600 & echo $!"]);
    assert.equal(result.code, 0);
    assert(isAlive(result.stdout.trim()));
    Deno.kill(Number(result.stdout), "SIGKILL");
  },
});

Deno.test({
  name: "runChild stops at a signal that came before it, and runs no shell",
  ignore,
  fn: async () => {
    const stopped = await runChild(["sleep", "600"], { signal: AbortSignal.abort(), graceMs: 50 });
    assert.equal(stopped.stopped, "signal");
    assert.equal((await runChild(["echo", "$(id); `id`"])).stdout, "$(id); `id`\n");
    await assert.rejects(runChild(["/no/such/program"]), Deno.errors.NotFound);
  },
});

openKernel();

Deno.test("lockFile lets one in at a time, and says so in time", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const first = await lockFile(`${folder}/lock`, 0);
    assert(first);
    assert.equal(await lockFile(`${folder}/lock`, 100), undefined);
    const waiting = lockFile(`${folder}/lock`, 10_000);
    first.release();
    const second = await waiting;
    assert(second);
    second.release();
    assert.equal((Deno.statSync(`${folder}/lock`).mode ?? 0) & 0o777, 0o600);
    await assert.rejects(lockFile(`${folder}/no/lock`, 0), /Cannot open the lock file/);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("withPrivateFile keeps the file from others and takes it away, also after a fault", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${folder}/file`, "");
    const seen: string[] = [];
    const use = (path: string): Promise<void> => {
      seen.push(path);
      assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
      assert.equal(Deno.readTextFileSync(path), "hush");
      return Promise.reject(new Error("on purpose"));
    };
    // The first folder cannot be used: it lies below a file.
    const folders = [`${folder}/file/below`, `${folder}/new`];
    await assert.rejects(withPrivateFile(folders, ".toml", "hush", use), /on purpose/);
    assert.match(seen[0] ?? "", /\/new\/.*\.toml$/);
    assert.deepEqual([...Deno.readDirSync(`${folder}/new`)], []);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("resolveHost tells a name that is there from one that is not", async () => {
  assert.equal(await resolveHost("localhost", 5_000), "found");
  assert.notEqual(await resolveHost("no-such-host.invalid", 5_000), "found");
});

Deno.test("lookUpHost gives the addresses as they are written, of both families", async () => {
  for (const address of ["127.0.0.1", "10.1.0.10", "::1", "2001:db8::8a2e:370:7334"]) {
    const found = { outcome: "found", addresses: [address] };
    assert.deepEqual(await lookUpHost(address, 5_000), found);
  }
  const { addresses } = await lookUpHost("localhost", 5_000);
  assert(
    addresses.length > 0 && addresses.every((one) => /^127\.|^::1$/.test(one)),
    `${addresses}`,
  );
  const { outcome, addresses: none } = await lookUpHost("no-such-host.invalid", 5_000);
  assert.notEqual(outcome, "found");
  assert.deepEqual(none, []);
});

function isAlive(pid: string): boolean {
  try {
    return !/^State:\s*[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}
