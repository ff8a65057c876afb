import assert from "node:assert/strict";
import { baseRuntime, download, type Way } from "../../../.ci/compile/base_runtime.ts";
import { sha256 } from "../../../.ci/compile/run_command.ts";

const RUNTIME = new TextEncoder().encode("the base runtime");
const PINNED = {
  target: "some-target",
  bytes: RUNTIME.length,
  sha256: await sha256(RUNTIME),
};

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function way(name: string, answer: string | Error, asked: string[] = []): Way {
  return {
    name,
    fetch: () => {
      asked.push(name);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(bytes(answer));
    },
  };
}

async function inCache(use: (cache: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "curvine-fluid-cache-" });
  try {
    await use(`${folder}/not/there/yet`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what lies behind the base runtime in a package is cut off", async () => {
  await inCache(async (cache) => {
    const ways = [way("a package", "the base runtime, and a program behind it")];
    assert.deepEqual(await Deno.readFile(await baseRuntime("amd64", cache, ways, PINNED)), RUNTIME);
  });
});

Deno.test("the second way is taken when the first gives other bytes or none", async () => {
  await inCache(async (cache) => {
    const asked: string[] = [];
    const ways = [
      way("down", new Error("no answer"), asked),
      way("false", "the base rumtime", asked),
      way("true", "the base runtime", asked),
      way("never", "the base runtime", asked),
    ];
    assert.deepEqual(await Deno.readFile(await baseRuntime("amd64", cache, ways, PINNED)), RUNTIME);
    assert.deepEqual(asked, ["down", "false", "true"]);
  });
});

Deno.test("what is kept is used again, and fetched again when it is damaged", async () => {
  await inCache(async (cache) => {
    const asked: string[] = [];
    const ways = [way("host", "the base runtime", asked)];
    const kept = await baseRuntime("amd64", cache, ways, PINNED);
    assert.equal(await baseRuntime("amd64", cache, ways, PINNED), kept);
    assert.deepEqual(asked, ["host"]);
    await Deno.writeTextFile(kept, "the base rumtime");
    await baseRuntime("amd64", cache, ways, PINNED);
    assert.deepEqual(asked, ["host", "host"]);
    assert.deepEqual(await Deno.readFile(kept), RUNTIME);
    assert.deepEqual([...Deno.readDirSync(cache)].length, 1);
  });
});

Deno.test("when no way leads there, one error names each with what it answered", async () => {
  await inCache(async (cache) => {
    const ways = [way("the host", new Error("no answer within 5 s")), way("npm", "something else")];
    const { message } = await baseRuntime("arm64", cache, ways, PINNED).then(
      () => assert.fail("it should not work"),
      (error) => error as Error,
    );
    assert.match(message, /for arm64/);
    assert.match(message, /the host: no answer within 5 s\n/);
    assert.match(message, new RegExp(`npm: its sha256 is [0-9a-f]{64}, wanted ${PINNED.sha256}`));
    assert.match(message, /must be reachable/);
  });
});

Deno.test("a host that refuses, answers nothing or stops half-way is noticed", async () => {
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const silentUrl = `http://127.0.0.1:${silent.addr.port}/denort.zip`;
  await assert.rejects(download(silentUrl, { answerMs: 50 }), /no answer within 0\.05 s/);
  silent.close();
  await inCache(async (cache) => {
    const ways = [{ name: "the host", fetch: () => download(silentUrl) }];
    await assert.rejects(baseRuntime("amd64", cache, ways, PINNED), /the host: .*refused/);
  });

  await using server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    handler: ({ url }) =>
      url.endsWith("/half")
        ? new Response(
          new ReadableStream({ start: (stream) => stream.enqueue(bytes("the base")) }),
        )
        : url.endsWith("/whole")
        ? new Response(RUNTIME)
        : new Response("no", { status: 403, statusText: "Forbidden" }),
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  await assert.rejects(download(`${url}/half`, { stillMs: 50 }), /nothing more within 0\.05 s/);
  await assert.rejects(download(`${url}/none`), /HTTP 403 Forbidden/);
  assert.deepEqual(await download(`${url}/whole`), RUNTIME);
});
