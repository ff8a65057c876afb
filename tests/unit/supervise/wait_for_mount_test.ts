import assert from "node:assert/strict";
import type { CaughtSignal } from "../../../lib/ports/signals.ts";
import type { Connection, Listener } from "../../../lib/ports/sockets.ts";
import { readSettings } from "../../../lib/plan/settings.ts";
import { parseAnswer } from "../../../lib/supervise/control_client.ts";
import { type Another, waitForMount } from "../../../lib/supervise/wait_for_mount.ts";
import { settle } from "../../support/fake_clock.ts";
import { FakeWorld } from "../../support/fake_world.ts";

const FILE = "/etc/fluid/config/config.json";

/** Somebody who waits, with what the next look finds. */
function begin(target: string | undefined = "/mnt/t"): {
  world: FakeWorld;
  over: Promise<string | undefined>;
  looks: () => number;
  find: (found: Another<string>) => void;
  signal: (signal: CaughtSignal) => Promise<void>;
  ask: (method: string, path: string) => Promise<{ status: number; body: string }>;
  lines: () => string;
} {
  const world = new FakeWorld();
  world.texts.set(FILE, "{}");
  let next: Another<string> = { reason: "still none" };
  let looks = 0;
  let handler: (signal: CaughtSignal) => void = () => {};
  let take: ((client: Connection | undefined) => void) | undefined;
  world.sockets.listenUnix = (): Listener => ({
    accept: () => new Promise((done) => take = done),
    close: () => take?.(undefined),
  });
  const over = waitForMount<string>({
    world,
    signals: { takeOver: (given) => void (handler = given) },
    settings: readSettings({}),
    env: {},
    version: "1.2",
    file: { path: FILE, text: "{}" },
    target,
    reason: "there is none",
    again: () => {
      looks++;
      return next;
    },
  });
  return {
    world,
    over,
    looks: () => looks,
    find: (found) => void (next = found),
    async signal(signal): Promise<void> {
      handler(signal);
      await settle();
    },
    async ask(method, path): Promise<{ status: number; body: string }> {
      await settle();
      let text = "";
      const head = new TextEncoder().encode(`${method} ${path} HTTP/1.1\r\n\r\n`);
      const chunks = [head];
      take?.({
        near: true,
        read: (into) => {
          const chunk = chunks.shift();
          if (chunk !== undefined) into.set(chunk);
          return Promise.resolve(chunk?.length ?? null);
        },
        write: (bytes) => {
          text += new TextDecoder().decode(bytes);
          return Promise.resolve();
        },
        finish: () => {},
        close: () => {},
      });
      for (let turn = 0; turn < 5; turn++) await settle();
      return parseAnswer(text) ?? assert.fail(text);
    },
    lines: () => world.lines.join("\n"),
  };
}

Deno.test("who waits for a mount is live, not ready, and says what for", async () => {
  const { ask, lines, world, over, signal } = begin();
  assert.equal((await ask("GET", "/livez")).status, 200);
  const ready = await ask("GET", "/readyz");
  assert.equal(ready.status, 503);
  assert.match(ready.body, /waiting for the first mount: there is none/);
  const status = JSON.parse((await ask("GET", "/status")).body);
  assert.deepEqual(
    [status.state, status.target, status.mounted, status.version, status.pid],
    ["waiting", "/mnt/t", false, "1.2", null],
  );
  assert.match(lines(), /INFO .*Waiting for the Dataset's first mount: there is none/);
  await signal("SIGTERM");
  for (let turn = 0; turn < 20; turn++) await world.clock.pass(200);
  assert.equal(await over, undefined);
});

Deno.test("a changed file, SIGHUP and a reload make it look again; a new reason is told once", async () => {
  const { world, signal, looks, find, lines, over, ask } = begin();
  await signal("SIGHUP");
  assert.equal(looks(), 1);
  assert.match(lines(), /WARN .*Still waiting: still none/);
  await signal("SIGHUP");
  assert.equal(lines().match(/Still waiting/g)?.length, 1);
  assert.match((await ask("GET", "/readyz")).body, /first mount: still none/);
  await ask("POST", "/reload");
  assert.equal(looks(), 3);
  find({ ready: "the plan" });
  world.texts.set(FILE, "{ }");
  world.stirConfig();
  for (let turn = 0; turn < 20; turn++) await world.clock.pass(500);
  assert.equal(await over, "the plan");
  assert.equal(looks(), 4);
});

Deno.test("whoever asks for the end gets it at once, and says who asked", async () => {
  for (
    const [who, end] of [
      ["SIGTERM", ({ signal }) => signal("SIGTERM")],
      ["SIGINT", ({ signal }) => signal("SIGINT")],
      ["SIGQUIT", ({ signal }) => signal("SIGQUIT")],
      ["an unmount", ({ ask }) => ask("POST", "/unmounting?target=%2Fmnt%2Ft")],
      ["an unmount", ({ ask }) => ask("POST", "/unmounting")],
    ] as [string, (run: ReturnType<typeof begin>) => Promise<unknown>][]
  ) {
    const run = begin();
    await end(run);
    for (let turn = 0; turn < 20; turn++) await run.world.clock.pass(200);
    assert.equal(await run.over, undefined);
    assert.match(run.lines(), new RegExp(`Stopping before there was a mount: ${who}`));
    assert.equal(run.looks(), 0);
  }
});

Deno.test("an unmount of something else, SIGUSR1 and SIGUSR2 end nothing", async () => {
  for (const target of ["/mnt/t", undefined]) {
    const { signal, ask, looks, lines, world, over } = begin(target);
    await signal("SIGUSR1");
    await signal("SIGUSR2");
    assert.equal((await ask("POST", "/unmounting?target=%2Fother")).status, 409);
    assert.doesNotMatch(lines(), /Stopping/);
    assert.equal(looks(), 0);
    await signal("SIGTERM");
    for (let turn = 0; turn < 20; turn++) await world.clock.pass(200);
    await over;
  }
});

Deno.test("nothing of it is left when it is over: no socket, no timer", async () => {
  const { world, signal, over } = begin();
  const removed: string[] = [];
  world.files.remove = (path) => void removed.push(path);
  await settle();
  await signal("SIGTERM");
  for (let turn = 0; turn < 20; turn++) await world.clock.pass(200);
  await over;
  // What an earlier container left, and our own.
  const socket = "/run/curvine-fluid/control.sock";
  assert.deepEqual(removed.filter((path) => path.endsWith(".sock")), [socket, socket]);
  assert.equal(world.clock.pending, 0);
});
