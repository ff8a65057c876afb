import assert from "node:assert/strict";
import { walkTree } from "../../lib/system/walk_tree.ts";

const LIMITS = { depth: 3, entries: 1000, time: 60_000 };

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
