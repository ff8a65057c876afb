import assert from "node:assert/strict";
import { OperateWorld } from "../support/operate_world.ts";
import { missing } from "../support/requirements.ts";
import type { Ran } from "../support/run.ts";

const ignore = missing("executable", "tool:bash");

/** A server with this configuration and, for a master, this state; `undefined`: no web server. */
async function healthOf(
  component: string,
  state: string | undefined,
  ...args: string[]
): Promise<Ran> {
  using world = new OperateWorld();
  using rpc = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const web = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json({ master_state: state }),
  );
  const webPort = web.addr.port;
  if (state === undefined) await web.shutdown();
  world.write(
    "home/conf/curvine-cluster.toml",
    `[${component}]\nhostname = "127.0.0.1"\nrpc_port = ${rpc.addr.port}\nweb_port = ${webPort}\n`,
  );
  const accepting = rpc.accept().then((one) => one.close(), () => {});
  const ran = await world.run(["health", ...args], { FLUID_RUNTIME_COMPONENT_TYPE: component });
  if (state !== undefined) await web.shutdown();
  rpc.close();
  await accepting;
  return ran;
}

for (const state of ["Active", "Standby", undefined]) {
  for (const args of [[], ["--ready"], ["--live"]]) {
    Deno.test({
      name: `health ${args}: a master that listens and is ${state ?? "silent"} is well`,
      ignore,
      fn: async () => {
        const ran = await healthOf("master", state, ...args);
        assert.deepEqual([ran.code, ran.stderr], [0, ""]);
      },
    });
  }
}

Deno.test({
  name: "health: a master in SafeMode is not ready, but alive",
  ignore,
  fn: async () => {
    const ready = await healthOf("master", "SafeMode");
    assert.equal(ready.code, 1);
    assert.match(ready.stderr, /the master is in SafeMode/);
    assert.equal((await healthOf("master", "SafeMode", "--live")).code, 0);
  },
});

Deno.test({
  name: "health: a master whose Raft has ended is neither ready nor alive",
  ignore,
  fn: async () => {
    for (const args of [[], ["--live"]]) {
      const ran = await healthOf("master", "Exit", ...args);
      assert.equal(ran.code, 1);
      assert.match(ran.stderr, /the master is in Exit/);
    }
  },
});

Deno.test({
  name: "health: a state of a newer Curvine is well, with a line that says so",
  ignore,
  fn: async () => {
    for (const state of ["Observer", "Leader", "constructor"]) {
      for (const args of [[], ["--live"]]) {
        const ran = await healthOf("master", state, ...args);
        assert.equal(ran.code, 0);
        assert.match(ran.stderr, new RegExp(`"${state}", which is not known here`));
      }
    }
  },
});

Deno.test({
  name: "health: a worker is asked for its port alone",
  ignore,
  fn: async () => assert.equal((await healthOf("worker", "Exit")).code, 0),
});

Deno.test({
  name: "health: a server that does not listen is not well, and health-check says the same",
  ignore,
  fn: async () => {
    using world = new OperateWorld();
    world.write(
      "home/conf/curvine-cluster.toml",
      '[master]\nhostname = "127.0.0.1"\nrpc_port = 1\n',
    );
    for (const args of [["health"], ["master", "health-check"]]) {
      const ran = await world.run(args);
      assert.equal(ran.code, 1, args.join(" "));
      assert.match(ran.stderr, /does not listen on port 1/);
    }
  },
});
