import assert from "node:assert/strict";
import { awaitMaster } from "../../../lib/supervise/await_master.ts";
import type { Connection } from "../../../lib/ports/sockets.ts";
import { settle } from "../../support/fake_clock.ts";
import { FakeWorld, silentConnection } from "../../support/fake_world.ts";

const MASTERS = [{ hostname: "m-0", port: 8995 }, { hostname: "m-1", port: 8995 }];

function wait(
  world: FakeWorld,
  limit: number,
  masters = MASTERS,
  wanted = (): boolean => true,
): { outcome: () => string | undefined; isOver: () => boolean } {
  let outcome: string | undefined;
  let isOver = false;
  void awaitMaster(masters, world, limit, wanted).then((told) => {
    [outcome, isOver] = [told, true];
  });
  return { outcome: () => outcome, isOver: () => isOver };
}

Deno.test("a master that answers ends the waiting; nobody to ask, or nobody waiting, too", async () => {
  const world = new FakeWorld();
  let open = false;
  world.sockets.connectTcp = (host) =>
    open && host === "m-1" ? Promise.resolve(silentConnection()) : Promise.reject(new Error("no"));
  const waiting = wait(world, Infinity);
  await world.clock.pass(60_000);
  assert.equal(waiting.isOver(), false);
  open = true;
  await world.clock.pass(1_000);
  assert.deepEqual([waiting.isOver(), waiting.outcome()], [true, undefined]);
  const none = wait(world, Infinity, []);
  const unwanted = wait(world, Infinity, MASTERS, () => false);
  await settle();
  assert.deepEqual([none.isOver(), unwanted.isOver()], [true, true]);
});

Deno.test("masters that refuse, and one that says nothing, are told at the end of the time", async () => {
  const world = new FakeWorld();
  world.sockets.connectTcp = (host) =>
    host === "m-0" ? new Promise(() => {}) : Promise.reject(new Error("refused"));
  const waiting = wait(world, 10_000);
  await world.clock.pass(9_900);
  assert.equal(waiting.isOver(), false);
  await world.clock.pass(100);
  await world.clock.pass(0);
  assert.match(waiting.outcome() ?? "", /m-0:8995: no connection within 2 s; m-1:8995: refused/);
});

Deno.test("a master that takes connections and does nothing with them has not answered; one that ends them has", async () => {
  const world = new FakeWorld();
  let alive = false;
  const asked: string[] = [];
  world.sockets.connectTcp = () => {
    let end = (_: null): void => {};
    const ended = new Promise<null>((done) => end = done);
    return Promise.resolve({
      ...silentConnection(),
      read: () => ended,
      finish: () => {
        asked.push("finished");
        if (alive) end(null);
      },
      close: () => asked.push("closed"),
    });
  };
  const waiting = wait(world, 10_000, MASTERS.slice(0, 1));
  await world.clock.pass(9_000);
  assert.equal(waiting.isOver(), false);
  assert.deepEqual(asked.slice(0, 4), ["finished", "closed", "finished", "closed"]);
  await world.clock.pass(1_000);
  await world.clock.pass(0);
  assert.match(
    waiting.outcome() ?? "",
    /m-0:8995: takes a connection, but does not answer within 2 s/,
  );
  alive = true;
  const again = wait(world, 10_000);
  await settle();
  assert.deepEqual([again.isOver(), again.outcome()], [true, undefined]);
});

Deno.test("a connection that comes after all is over is closed, and changes nothing", async () => {
  const world = new FakeWorld();
  const late = Promise.withResolvers<Connection>();
  world.sockets.connectTcp = (host) =>
    host === "m-0" ? late.promise : Promise.resolve(silentConnection());
  const waiting = wait(world, 10_000);
  await world.clock.pass(100);
  assert.equal(waiting.isOver(), true, "the other one answers");
  let closed = 0;
  let asked = 0;
  late.resolve({
    ...silentConnection(),
    read: () => {
      asked++;
      return Promise.resolve(null);
    },
    close: () => void closed++,
  });
  await world.clock.pass(100);
  assert.deepEqual([closed, asked], [1, 0]);
});
