import assert from "node:assert/strict";
import { takeoverState } from "../../../lib/mount/takeover_state.ts";

const ONE = [{ descriptor: 7, path: "/t" }];

/** The numbers of a state file, below its marks. */
function numbers(text: string): bigint[] {
  return text.split("\n").slice(2, -1).map(BigInt);
}

Deno.test("the first takeover's state file is the one that the real curvine-fuse took", () => {
  const wanted = `{"7":"/t"}
cvfs1
4611687117939015679
0
0
0
1099511627777
`;
  assert.equal(takeoverState(ONE, 1), wanted);
});

Deno.test("each takeover counts on far beyond the one before it, below the kernel's highest", () => {
  const far = 1_000_000_000_000n;
  let [node = 0n] = [(2n ** 63n - 1n) / 2n];
  let handle = 0n;
  for (const nth of [1, 2, 3, 200, 4_000_000]) {
    const [nextNode = 0n, nodes, files, folders, nextHandle = 0n] = numbers(
      takeoverState(ONE, nth),
    );
    assert.ok(nextNode >= node + far && nextNode < 2n ** 63n - far, `node ${nextNode} of ${nth}`);
    assert.ok(nextHandle >= handle + far && nextHandle < 2n ** 63n - far, `handle of ${nth}`);
    assert.deepEqual([nodes, files, folders], [0n, 0n, 0n]);
    [node, handle] = [nextNode, nextHandle];
  }
});

Deno.test("several mounts and strange paths stay one line of JSON", () => {
  const mounts = [
    { descriptor: 12, path: "/t/mnt-1" },
    { descriptor: 9, path: '/a "b"\\040\nc/ü' },
  ];
  const [line = ""] = takeoverState(mounts, 3).split("\n");
  assert.deepEqual(JSON.parse(line), { "9": '/a "b"\\040\nc/ü', "12": "/t/mnt-1" });
});

Deno.test("a takeover without a number of its own, or without a mount, is refused", () => {
  for (const nth of [0, -1, 1.5, Number.NaN, 2 ** 53, 4_194_304]) {
    assert.throws(() => takeoverState(ONE, nth), RangeError);
  }
  assert.throws(() => takeoverState([], 1), RangeError);
});
