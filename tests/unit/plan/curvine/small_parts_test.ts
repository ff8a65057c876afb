import fc from "../../../support/fast_check.ts";
import { anyText } from "../../../support/any_text.ts";
import assert from "node:assert/strict";
import { nearestName } from "../../../../lib/text/nearest_name.ts";
import { curvinePaths } from "../../../../lib/plan/curvine/paths.ts";
import { shellQuote } from "../../../../lib/text/shell_quote.ts";

Deno.test("nearestName finds a slip of the fingers", () => {
  const known = ["rpc_port", "web_port", "io_threads", "worker_threads"];
  assert.equal(nearestName("rpc_prot", known), "rpc_port");
  assert.equal(nearestName("rpcport", known), "rpc_port");
  assert.equal(nearestName("io_thread", known), "io_threads");
  assert.equal(nearestName("worker_treads", known), "worker_threads");
  assert.equal(nearestName("rpc_port", known), "rpc_port");
});

Deno.test("nearestName keeps silent where nothing is near", () => {
  for (const name of ["", "x", "key1", "something_else"]) {
    assert.equal(nearestName(name, ["rpc_port", "hostname"]), undefined, name);
  }
});

Deno.test("property: nearestName is exact for known names, and any text goes", () => {
  const names = fc.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 10 });
  fc.assert(fc.property(names, fc.string(), (known, name) => {
    const near = nearestName(name, known);
    assert(near === undefined || known.includes(near));
    assert.equal(nearestName(known[0] ?? "", known), known[0]);
  }));
});

Deno.test("property: a POSIX shell reads a quoted word back", async () => {
  const words = fc.sample(
    anyText(20)
      .filter((word) => word.isWellFormed() && !word.includes("\0")),
    150,
  );
  const script = `printf '%s\\0' ${words.map(shellQuote).join(" ")}`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  assert.deepEqual(new TextDecoder("utf-8", { ignoreBOM: true }).decode(stdout).split("\0"), [
    ...words,
    "",
  ]);
});

Deno.test("paths follow CURVINE_HOME and its relatives", () => {
  assert.deepEqual(curvinePaths({}), {
    home: "/app/curvine",
    conf: "/app/curvine/conf/curvine-cluster.toml",
    imageConf: "/app/curvine/conf/curvine-cluster.toml",
    savedBase: "/app/curvine/conf/curvine-cluster.toml.base",
    dataDir: "/app/curvine/data",
    fuse: "/app/curvine/lib/curvine-fuse",
    server: "/app/curvine/lib/curvine-server",
    mountScript: "/app/curvine/mount-curvine.sh",
  });
  const moved = curvinePaths({
    CURVINE_HOME: "/opt/c/",
    CURVINE_CONF_DIR: "/etc/c/",
    CURVINE_DATA_DIR: "/data//",
  });
  assert.equal(moved.conf, "/etc/c/curvine-cluster.toml");
  assert.equal(moved.imageConf, "/opt/c/conf/curvine-cluster.toml");
  assert.equal(moved.dataDir, "/data");
  assert.equal(
    curvinePaths({ CURVINE_CONF_FILE: "/x/y.toml", CURVINE_CONF_DIR: "/z" }).conf,
    "/x/y.toml",
  );
});

Deno.test("a relative path means one below CURVINE_HOME, where the daemons work", () => {
  const paths = curvinePaths({
    CURVINE_HOME: "/opt/c",
    CURVINE_CONF_FILE: "conf/x.toml",
    CURVINE_DATA_DIR: "data",
  });
  assert.equal(paths.conf, "/opt/c/conf/x.toml");
  assert.equal(paths.savedBase, "/opt/c/conf/x.toml.base");
  assert.equal(paths.dataDir, "/opt/c/data");
});

Deno.test("an empty variable is an unset one", () => {
  const empty = {
    CURVINE_HOME: "",
    CURVINE_CONF_DIR: "",
    CURVINE_CONF_FILE: "",
    CURVINE_DATA_DIR: "",
  };
  assert.deepEqual(curvinePaths(empty), curvinePaths({}));
});

Deno.test("property: nearestName finds what a plain reading of the distance finds", () => {
  const letters = fc.array(fc.constantFrom("a", "b", "c", "_"), { minLength: 1, maxLength: 9 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(letters, fc.array(letters, { minLength: 1, maxLength: 6 }), (name, known) => {
      const allowed = Math.max(1, Math.floor(name.length / 3));
      const distances = known.map((one) => distance(name, one));
      const least = Math.min(...distances);
      const wanted = least <= allowed ? known[distances.indexOf(least)] : undefined;
      assert.equal(nearestName(name, known), wanted);
    }),
    { numRuns: 1000 },
  );
});

/** The distance by its definition: the cheapest way to take the first letters off both words. */
function distance(a: string, b: string, memo = new Map<string, number>()): number {
  if (a === "" || b === "") return a.length + b.length;
  const key = `${a} ${b}`;
  const known = memo.get(key);
  if (known !== undefined) return known;
  const [restA, restB] = [a.slice(1), b.slice(1)];
  const ways = [
    distance(restA, b, memo) + 1,
    distance(a, restB, memo) + 1,
    distance(restA, restB, memo) + (a[0] === b[0] ? 0 : 1),
  ];
  if (a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0]) {
    ways.push(distance(a.slice(2), b.slice(2), memo) + 1);
  }
  const least = Math.min(...ways);
  memo.set(key, least);
  return least;
}
