/** What the kernel does when a daemon is killed and its connection is held. */
import assert from "node:assert/strict";
import type { Door, Hold } from "../../../lib/ports/takeover.ts";
import { openKernel } from "../../../lib/system/kernel_calls.ts";
import { systemTakeover } from "../../../lib/system/takeover.ts";
import { TreeWalk } from "../../../lib/system/walk_tree.ts";
import { eventually } from "../../support/eventually.ts";
import { LineReader } from "../../support/line_reader.ts";
import { missing } from "../../support/requirements.ts";
import { openDescriptors, type PlacedDaemon, TakeoverPlace } from "../../support/takeover_place.ts";

openKernel();

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;

/** Opens a file and asks to have it written, which only its daemon can say; then for the file by name. */
const LOSES_A_FILE = `
import errno, os, sys
file = os.open(sys.argv[1], os.O_RDONLY)
print("open", flush=True)
input()
try: os.fsync(file)
except OSError as error: print(errno.errorcode[error.errno], flush=True)
try: os.stat(sys.argv[1])
except OSError: pass
`;

const ignore = missing("root", "fuse", "tool:gcc", "tool:python3");

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Starts a successor and lets it in when it has come to that. */
async function handOn(
  place: TakeoverPlace,
  hold: Hold,
  nth = 1,
  folder = `${place.root}/run`,
): Promise<{ successor: PlacedDaemon; door: Door }> {
  const outcome = hold.handOn({ folder, nth }, (state) => place.start(state));
  if (!outcome.ok) throw new Error(outcome.reason);
  const handed = outcome.value;
  await eventually("the successor is about to serve", () => handed.door.isReached());
  hold.park(false);
  hold.letIn();
  handed.door.open();
  return handed;
}

/** Kills the daemon and starts its successor. @returns what the hand-over gave */
async function takeOver(place: TakeoverPlace, hold: Hold, nth = 1): Promise<PlacedDaemon> {
  await place.kill();
  hold.forgetNames();
  const folder = `${place.root}/run`;
  const { successor, door } = await handOn(place, hold, nth);
  hold.resume();
  const { code, text } = await place.read(`${place.paths[0]}/top`);
  assert.deepEqual([code, text], [0, "this is top\n"]);
  door.remove();
  assert.deepEqual([...Deno.readDirSync(folder)].filter(({ isDirectory }) => !isDirectory), []);
  return successor;
}

Deno.test({
  name: "killed while held: the mount stays, who asks waits, the successor answers through a bind",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve();
    const before = openDescriptors();
    const hold = place.hold();
    const ids = place.ids();
    assert.equal(openDescriptors().fuse, before.fuse + 1);
    await place.kill();
    assert.equal(hold.alive(), true);
    const reader = place.read(`${place.bound}/a/one`);
    await place.someoneWaits();
    assert.equal(hold.asked(), "not");
    hold.park(false);
    assert.equal(hold.asked(), "by path");
    assert.notEqual(hold.forgetNames(), "ended");
    const { successor, door } = await handOn(place, hold);
    assert.equal(openDescriptors().fuse, before.fuse + 1, "only the hold is left with us");
    assert.deepEqual(await reader, { code: 0, text: "this is a/one\n" });
    const state = `${place.root}/run/takeover.state`;
    const mode = (Deno.statSync(state).mode ?? 0) & 0o777;
    // Whoever reads it a second time finds it as a file.
    const text = Deno.readTextFileSync(state);
    door.remove();
    assert.equal(mode, 0o600);
    assert.match(text, /^\{"\d+":"[^"]*\/target"\}\ncvfs1\n4611687117939015679\n/);
    assert.deepEqual(place.ids(), ids);
    Deno.kill(successor.pid, "SIGTERM");
    assert.equal((await successor.status).code, 0);
    hold.close();
    hold.close();
    assert.equal(openDescriptors().fuse, before.fuse);
  },
});

for (const ids of ["counted", "stable"]) {
  Deno.test({
    name: `names that the kernel keeps for minutes are looked up again (${ids} node ids)`,
    ignore,
    fn: async () => {
      await using place = await TakeoverPlace.serve({
        plan: [ids === "stable" ? "raw,ids=stable" : "raw"],
        fuse: ["entry_timeout_ms = 300000", "attr_timeout_ms = 300000"],
      });
      const { target, bound } = place;
      const files = ["top", "a/one", "a/two", "a/b/deep", "a/b/c/deepest"];
      for (const name of files) await place.read(`${target}/${name}`);
      const inside = place.spawn(["sh", "-c", "exec sleep 1000 <deepest"], {
        cwd: `${target}/a/b/c`,
      });
      await eventually("it has the file open", () => {
        return Deno.readLinkSync(`/proc/${inside.pid}/fd/0`).endsWith("/a/b/c/deepest") ||
          undefined;
      });
      const hold = place.hold();
      await place.kill();
      const forgotten = hold.forgetNames();
      const { door } = await handOn(place, hold);
      for (const name of forgotten === "forgotten" ? files : ["top"]) {
        const wanted = { code: 0, text: `this is ${name}\n` };
        assert.deepEqual(await place.read(`${bound}/${name}`), wanted);
        assert.deepEqual(await place.read(`${target}/${name}`), wanted);
      }
      door.remove();
      hold.close();
    },
  });
}

Deno.test({
  name: "a node of the dead daemon is never another file's: numbers go on, life after life",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve();
    const hold = place.hold();
    const seen = new Map<string, string>();
    for (let nth = 1; nth <= 4; nth++) {
      // Another order each time, so that a counter that begins anew would give out twice.
      const names = ["top", "a/one", "a/two", "a/b/deep"];
      for (const name of [...names.slice(nth % 4), ...names.slice(0, nth % 4)]) {
        const child = new Deno.Command("stat", { args: ["-c", "%i", `${place.bound}/${name}`] });
        const id = new TextDecoder().decode((await child.output()).stdout);
        assert.ok((seen.get(id) ?? name) === name, `${id} is ${seen.get(id)} and ${name}`);
        seen.set(id, name);
      }
      await takeOver(place, hold, nth);
    }
    hold.close();
  },
});

Deno.test({
  name:
    "a folder that is bound elsewhere, as a subPath is, answers again after a walk of its names",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve({
      plan: ["raw,ids=stable"],
      fuse: ["entry_timeout_ms = 300000", "attr_timeout_ms = 300000"],
    });
    const sub = `${place.root}/sub`;
    Deno.mkdirSync(sub);
    await place.bind(`${place.target}/a/b`, sub);
    const hold = place.hold();
    const whole = new TreeWalk(place.target, 3).go({ entries: 1000, time: 10_000 });
    await takeOver(place, hold);
    assert.notEqual((await place.read(`${sub}/c/deepest`)).code, 0, "nobody told it of the folder");
    assert.equal(new TreeWalk(place.target, 3).go({ entries: 1000, time: 10_000 }), whole);
    const wanted = { code: 0, text: "this is a/b/c/deepest\n" };
    assert.deepEqual(await place.read(`${sub}/c/deepest`), wanted);
    hold.close();
  },
});

Deno.test({
  name: "who works deep inside is parked until the successor knows what he asks for",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve({
      plan: ["raw,ids=stable"],
      fuse: ["entry_timeout_ms = 300000", "attr_timeout_ms = 300000"],
    });
    const deep = `${place.target}/a/b/c`;
    const hold = place.hold();
    const wanted = Deno.statSync(deep).ino;
    // It is inside before nobody serves.
    const user = place.spawn(["sh", "-c", "read go && exec cat deepest"], {
      cwd: deep,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
    await place.kill();
    assert.notEqual(hold.forgetNames(), "ended");
    const input = user.stdin.getWriter();
    await input.write(new TextEncoder().encode("go\n"));
    await input.close();
    await place.someoneWaits();
    hold.park(false);
    assert.deepEqual(hold.nodesAsked(place.target), [BigInt(wanted ?? 0)]);
    assert.deepEqual(hold.nodesAsked("/elsewhere"), []);
    assert.equal(hold.asked(), "by number");
    const nodes = `${place.root}/nodes`;
    Deno.writeTextFileSync(nodes, `${wanted}\n`);
    const lesson = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", MAIN, "ask-mount", "teach", place.target, nodes],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    await place.someoneWaits();
    const { door } = await handOn(place, hold);
    let words = "";
    // It reads on at once, and would wait for a folder's lock that whoever is parked there has.
    for await (const piece of lesson.stdout.pipeThrough(new TextDecoderStream())) {
      words += piece;
      if (!words.includes(`\n${wanted}\n`) || hold.nodesAsked(place.target).length === 0) continue;
      hold.release("/elsewhere", BigInt(wanted ?? 0));
      assert.equal(hold.nodesAsked(place.target).length, 1);
      hold.release(place.target, BigInt(wanted ?? 0));
    }
    assert.equal(words, `ready\nanswered\n${wanted}\nover\n`);
    assert.equal((await lesson.status).code, 0);
    assert.equal(hold.nodesAsked(place.target).length, 0);
    door.remove();
    const { code, stdout, stderr } = await user.output();
    assert.deepEqual([code, text(stdout), text(stderr)], [0, "this is a/b/c/deepest\n", ""]);
    hold.close();
  },
});

Deno.test({
  name: "whoever has a file open loses it at once, and is parked with what he asks next",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve({ plan: ["raw,ids=stable"] });
    const deep = `${place.target}/a/b/c`;
    const hold = place.hold();
    const folder = BigInt(Deno.statSync(deep).ino ?? 0);
    const user = place.spawn(["python3", "-c", LOSES_A_FILE, "deepest"], {
      cwd: deep,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    });
    const lines = new LineReader(user.stdout);
    assert.equal(await lines.line(), "open");
    await place.kill();
    assert.notEqual(hold.forgetNames(), "ended");
    const input = user.stdin.getWriter();
    await input.write(new TextEncoder().encode("go\n"));
    await input.close();
    let losses = 0;
    await eventually("it asks for what is in its folder", () => {
      if (hold.park(false)) losses++;
      return hold.nodesAsked(place.target).includes(folder);
    });
    assert.equal(losses, 1);
    assert.equal(hold.park(false), false);
    assert.equal(await lines.line(), "EBADF");
    hold.close();
    await lines.cancel();
    await user.status;
  },
});

Deno.test({
  name: "who is parked and gets a signal is let go when it is late, not before",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve();
    const hold = place.hold();
    await place.kill();
    const user = place.spawn(["cat", `${place.target}/top`]);
    await place.someoneWaits();
    hold.park(false);
    user.kill("SIGKILL");
    let hasEnded = false;
    const ended = user.status.then((status) => {
      hasEnded = true;
      return status;
    });
    await eventually("the kernel tells of the signal", () => {
      hold.park(false);
      return processState(user.pid).state === "D";
    });
    assert.equal(hasEnded, false);
    hold.park(true);
    assert.equal((await ended).signal, "SIGKILL");
    hold.close();
  },
});

Deno.test({
  name: "an abort releases who waits, and so does letting go of the last descriptor",
  ignore,
  fn: async () => {
    for (const end of ["abort", "close"] as const) {
      await using place = await TakeoverPlace.serve();
      const hold = place.hold();
      await place.kill();
      const reader = place.read(`${place.bound}/a/one`);
      await place.someoneWaits();
      hold.park(false);
      const aborted: string[] = [];
      if (end === "close") hold.close();
      else {
        hold.end((minor) => {
          aborted.push(minor);
          return place.connections.abort(minor);
        });
      }
      assert.notEqual((await reader).code, 0);
      assert.deepEqual(aborted, end === "abort" ? place.mounts().map(({ minor }) => minor) : []);
      assert.equal(hold.alive(), false);
      assert.equal(hold.forgetNames(), "ended");
      const refused = hold.handOn({ folder: place.root, nth: 1 }, () => assert.fail("started"));
      assert.match(refused.ok ? "" : refused.reason, /ended already/);
    }
  },
});

Deno.test({
  name: "a connection that has ended is not aborted by its old name",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve();
    const hold = place.hold();
    const [mount] = place.mounts();
    place.connections.abort(mount?.minor ?? "");
    await eventually("the daemon has seen it", () => !hold.alive());
    hold.end(() => assert.fail("aborted"));
  },
});

Deno.test({
  name: "two hundred takeovers leave no descriptor, neither with us nor with the daemon",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve();
    const ids = place.ids();
    const hold = place.hold();
    const ofDaemon = (): number => [...Deno.readDirSync(`/proc/${place.daemon.pid}/fd`)].length;
    await takeOver(place, hold, 1);
    const [before, theirs] = [openDescriptors(), ofDaemon()];
    for (let nth = 2; nth <= 200; nth++) await takeOver(place, hold, nth);
    assert.deepEqual(openDescriptors(), before);
    assert.equal(ofDaemon(), theirs);
    assert.deepEqual(place.ids(), ids);
    hold.close();
    assert.equal(openDescriptors().fuse, 0);
  },
});

Deno.test({
  name: "a helper that is started around a hand-over inherits nothing",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve();
    const hold = place.hold();
    const helpers: Promise<string>[] = [];
    const helper = (): void => {
      // The listing's own descriptors would come and go: it reads links by a glob.
      const args = ["-c", 'for fd in /proc/$$/fd/*; do readlink "$fd"; done'];
      const child = new Deno.Command("sh", { args, stdin: "null", stderr: "null" });
      helpers.push(child.output().then(({ stdout }) => new TextDecoder().decode(stdout)));
    };
    for (let nth = 1; nth <= 20; nth++) {
      // Some are under way when the successor starts, some begin right after.
      for (let n = 0; n < 3; n++) helper();
      const timers = [0, 1, 2].map((ms) =>
        new Promise<void>((done) => {
          setTimeout(() => {
            helper();
            done();
          }, ms);
        })
      );
      const took = takeOver(place, hold, nth);
      helper();
      await took;
      helper();
      await Promise.all(timers);
    }
    for (const open of await Promise.all(helpers)) {
      assert.notEqual(open, "");
      assert.doesNotMatch(open, /\/dev\/fuse/);
    }
    hold.close();
  },
});

Deno.test({
  name: "two mounts of one daemon: each connection is held and handed on as what it is",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve({ mounts: 2 });
    const ids = place.ids();
    const outcome = systemTakeover.hold(place.daemon.pid, place.mounts());
    if (!outcome.ok) {
      assert.match(outcome.reason, /fuse_connection/);
      return;
    }
    const hold = place.keep(outcome);
    assert.equal(openDescriptors().fuse, 2);
    await takeOver(place, hold);
    for (const path of place.paths) {
      assert.deepEqual(await place.read(`${path}/a/one`), { code: 0, text: "this is a/one\n" });
    }
    assert.deepEqual(place.ids(), ids);
    // Its descriptors were named rightly when TERM unmounts both.
    Deno.kill(place.daemon.pid, "SIGTERM");
    assert.equal((await place.daemon.status).code, 0);
    await eventually("both are unmounted", () => place.ids().length === 0);
    hold.close();
  },
});

Deno.test({
  name: "a hot reload keeps the connection, and the hold with it",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve();
    const hold = place.hold();
    const first = place.daemon;
    Deno.kill(first.pid, "SIGUSR1");
    assert.equal((await first.status).code, 0);
    assert.deepEqual(await place.read(`${place.target}/top`), { code: 0, text: "this is top\n" });
    assert.equal(hold.alive(), true);
    const [{ minor = "", path = "" } = {}] = place.mounts();
    const heirs = Deno.readTextFileSync(`${place.root}/lib/standin/starts`);
    const heir = Number(/^2 (\d+) /m.exec(heirs)?.[1]);
    place.keep(systemTakeover.hold(heir, [{ minor, path }])).close();
    Deno.kill(heir, "SIGKILL");
    await eventually("the heir is gone", () => {
      const { state } = processState(heir);
      return state === undefined || state === "Z";
    });
    hold.forgetNames();
    const { door } = await handOn(place, hold, 1, place.root);
    assert.deepEqual(await place.read(`${place.bound}/top`), { code: 0, text: "this is top\n" });
    door.remove();
    hold.close();
  },
});

Deno.test({
  name: "a successor that refuses the state file ends with 1, and the connection is still held",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve({ plan: ["raw", "raw,restore=refuse", "raw"] });
    const hold = place.hold();
    await place.kill();
    const { successor, door } = await handOn(place, hold);
    assert.equal((await successor.status).code, 1);
    door.remove();
    assert.equal(hold.alive(), true);
    hold.end((minor) => place.connections.abort(minor));
    assert.notEqual((await place.read(`${place.target}/top`)).code, 0);
  },
});

Deno.test({
  name: "a start that fails comes through, and leaves no descriptor and no state file",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve();
    const hold = place.hold();
    const before = openDescriptors();
    const folder = `${place.root}/run`;
    assert.throws(() => {
      hold.handOn({ folder, nth: 1 }, () => {
        throw new TypeError("no such program");
      });
    }, /no such program/);
    const missing = hold.handOn({ folder: `${place.root}/none`, nth: 1 }, () => assert.fail());
    assert.match(missing.ok ? "" : missing.reason, /state file cannot be written/);
    assert.deepEqual(openDescriptors(), before);
    assert.deepEqual([...Deno.readDirSync(folder)].filter(({ isFile }) => isFile), []);
    assert.equal(hold.alive(), true);
    hold.close();
  },
});

Deno.test({
  name: "nothing to hold is a sentence: a daemon that has ended, one without the device",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve();
    const before = openDescriptors();
    const stranger = place.spawn(["sleep", "1000"]);
    const other = systemTakeover.hold(stranger.pid, place.mounts());
    assert.deepEqual([other.ok, other.ok || other.lasting], [false, false]);
    assert.match(other.ok ? "" : other.reason, /has \/dev\/fuse open/);
    const elsewhere = systemTakeover.hold(place.daemon.pid, [{ minor: "999999", path: "/x" }]);
    assert.equal(elsewhere.ok, false);
    const mounts = place.mounts();
    await place.kill();
    const gone = systemTakeover.hold(place.daemon.pid, mounts);
    assert.deepEqual([gone.ok, gone.ok || gone.lasting], [false, false]);
    assert.equal(openDescriptors().fuse, before.fuse);
  },
});

Deno.test({
  name: "a daemon in a child of what we started is held too",
  ignore,
  fn: async () => {
    await using place = await TakeoverPlace.serve();
    const [mount] = place.mounts();
    const parent = processState(place.daemon.pid).parent;
    assert.equal(parent, Deno.pid);
    place.keep(systemTakeover.hold(Deno.pid, mount === undefined ? [] : [mount])).close();
  },
});

function processState(pid: number): { state?: string; parent?: number } {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const [state = "", parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state, parent: Number(parent) };
  } catch {
    return {};
  }
}
