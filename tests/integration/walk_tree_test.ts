import assert from "node:assert/strict";
import { openKernel } from "../../lib/system/kernel_calls.ts";
import { TreeWalk, type WalkLimits, type Wanted } from "../../lib/system/walk_tree.ts";

openKernel();

const LIMITS = { depth: 3, entries: 1000, time: 60_000 };

function walkTree(
  root: string,
  { depth, ...limits }: WalkLimits & { depth: number },
  wanted?: Wanted,
): number {
  return new TreeWalk(root, depth).go(limits, wanted);
}

/** A tree of folders, four deep, two in each. */
function tree(): string {
  const root = Deno.makeTempDirSync({ prefix: "cf-walk-" });
  for (let n = 0; n < 16; n++) {
    const path = n.toString(2).padStart(4, "0").split("").join("/");
    Deno.mkdirSync(`${root}/${path}`, { recursive: true });
  }
  return root;
}

Deno.test("a walk sees the upper folders and stops at its depth", () => {
  const root = tree();
  try {
    assert.equal(walkTree(root, { ...LIMITS, depth: 1 }), 2);
    assert.equal(walkTree(root, LIMITS), 2 + 4 + 8);
    assert.equal(walkTree(root, { ...LIMITS, depth: 9 }), 2 + 4 + 8 + 16);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("a walk stops at its number of entries, and when its time is over", () => {
  const root = tree();
  try {
    assert.equal(walkTree(root, { ...LIMITS, entries: 5 }), 5);
    assert.equal(walkTree(root, { ...LIMITS, time: 0 }), 1);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("a walk follows no link, and leaves out what it cannot read", () => {
  const root = tree();
  try {
    Deno.symlinkSync(root, `${root}/loop`);
    assert.equal(walkTree(root, { ...LIMITS, depth: 9 }), 31);
    assert.equal(walkTree(`${root}/nowhere`, LIMITS), 0);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("a walk for files ends where it has met them", () => {
  const root = tree();
  try {
    const listed = [...Deno.readDirSync(root)].map(({ name }) => name);
    const [first = 0n, second = 0n, deep = 0n] = [...listed, "0/1/0/1"]
      .map((path) => BigInt(Deno.statSync(`${root}/${path}`).ino ?? 0));
    const far = { ...LIMITS, depth: 9 };
    const search = (...nodes: bigint[]): [number, bigint[]] => {
      const met: bigint[] = [];
      return [walkTree(root, far, { nodes, met: (node) => void met.push(node) }), met];
    };
    assert.deepEqual(search(), [0, []], "nothing has to be read");
    assert.deepEqual(search(second, first), [2, [first, second]]);
    const [seen, met] = search(second, deep);
    assert.ok(seen > 2 + 4 + 8 && seen <= 2 + 4 + 8 + 16, `${seen} seen`);
    assert.deepEqual(met, [second, deep]);
    assert.deepEqual(search(0n), [30, []], "what is not there is looked for everywhere");
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("a walk that goes on sees nothing twice and leaves nothing out, wherever it stopped", () => {
  const root = tree();
  try {
    for (let stop = 0; stop <= 31; stop++) {
      const walk = new TreeWalk(root, 9);
      assert.equal(walk.go({ ...LIMITS, entries: stop }), Math.min(stop, 30));
      assert.equal(walk.go(LIMITS), 30);
      assert.equal(walk.go(LIMITS), 30);
    }
    const walk = new TreeWalk(root, 9);
    const nodes = ["0/1/0/1", "0/1/0", "1/1/1/1"]
      .map((path) => BigInt(Deno.statSync(`${root}/${path}`).ino ?? 0));
    const met: bigint[] = [];
    const meet = (node: bigint): void => void met.push(node);
    assert.equal(walk.go({ ...LIMITS, entries: 6 }, { nodes, met: meet }), 6);
    assert.deepEqual(met, []);
    walk.go(LIMITS, { nodes, met: meet });
    assert.deepEqual(new Set(met), new Set(nodes));
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("a walk's time is over among empty folders too", () => {
  const root = tree();
  try {
    const walk = new TreeWalk(`${root}/0/0/0`, 9);
    assert.equal(walk.go({ ...LIMITS, time: 0 }), 1);
    assert.equal(walk.go({ ...LIMITS, time: 0 }), 2);
    let rounds = 0;
    while (rounds < 9 && walk.go({ entries: 3, time: 0 }) < 3) rounds++;
    assert.equal(rounds, 9, "there is no third one");
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("a walk passes names that are no text, and a folder that takes more than one reading", () => {
  const root = Deno.makeTempDirSync({ prefix: "cf-walk-" });
  try {
    const mkdir = new Deno.Command("python3", {
      args: ["-c", "import os, sys; os.makedirs(os.fsencode(sys.argv[1]) + b'/\\xff/in')", root],
    });
    assert.equal(mkdir.outputSync().success, true);
    for (let n = 0; n < 3000; n++) Deno.writeTextFileSync(`${root}/${"n".repeat(30)}${n}`, "");
    assert.equal(walkTree(root, { ...LIMITS, entries: 10_000 }), 3002);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("an empty root has no entries", () => {
  const root = Deno.makeTempDirSync({ prefix: "cf-walk-" });
  try {
    assert.equal(walkTree(root, LIMITS), 0);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});
