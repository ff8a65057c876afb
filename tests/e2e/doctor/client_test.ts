/** A client with its supervisor, and real mounts: what is wrong with them, and what doctor says. */
import { eventually } from "../../support/eventually.ts";
import { fault } from "../../support/fault.ts";
import { FaultRun, type FaultSetup } from "../../support/fault_run.ts";
import { executable } from "../../support/requirements.ts";
import { assertShown, type Visit } from "./shown.ts";

/** Makes a test of a client. @param body brings it into its trouble, and lets doctor look */
function client(
  name: string,
  illness: string,
  setup: FaultSetup,
  body: (run: FaultRun, look: (visited: FaultRun) => Promise<void>) => Promise<void>,
): void {
  const env = { KUBERNETES_SERVICE_HOST: "10.0.0.250", NO_COLOR: "1", ...setup.env };
  fault(`doctor: ${illness}`, { ...setup, env }, (run) =>
    body(run, async (visited) => {
      const places = { TARGET: visited.target, ROOT: visited.root };
      await assertShown({ name, shows: ["mount", "supervisor"], places }, await visit(visited));
    }));
}

async function visit(run: FaultRun): Promise<Visit> {
  // The supervisor mounts a private fusectl when it first has to know of waiting requests.
  const mounts = (): string =>
    Deno.readTextFileSync(`/proc/${run.pid}/mountinfo`).split("\n")
      .filter((line) => line.includes(run.root) && !line.includes(" - fusectl ")).join("\n");
  const before = mounts();
  const started = performance.now();
  const [text, json] = await Promise.all([
    run.inside([executable, "doctor"]),
    run.inside([executable, "doctor", "--json"]),
  ]);
  return {
    text: text.stdout,
    json: json.stdout,
    errors: text.stderr + json.stderr,
    code: json.code,
    milliseconds: performance.now() - started,
    before,
    after: mounts(),
  };
}

/** Waits until a supervisor says so of itself. */
async function untilStatus(
  run: FaultRun,
  what: string,
  is: (status: Record<string, unknown>) => boolean,
): Promise<void> {
  await eventually(what, async () => is(await run.status()));
}

client("client-well", "a client is mounted", {}, async (run, look) => {
  await run.start();
  await run.mounted();
  await untilStatus(run, "it is ready", ({ ready }) => ready === true);
  await look(run);
});

client(
  "client-of-a-cache",
  "a CacheRuntime's client is mounted, whose volume is the target",
  { runtime: "cache", plan: ["raw"] },
  async (run, look) => {
    await run.start();
    await run.mounted();
    await untilStatus(run, "it is ready", ({ ready }) => ready === true);
    await look(run);
  },
);

client(
  "client-starting",
  "a client's daemon has not mounted yet",
  { plan: ["never"] },
  async (run, look) => {
    await run.start();
    await eventually("the daemon has been started", () => run.starts().length === 1);
    await untilStatus(run, "it starts", ({ state }) => state === "starting");
    await look(run);
  },
);

client("client-restarts", "a client's daemon ends at each start", {
  plan: ["complain=no-such-master exit=1"],
  env: { CURVINE_FLUID_RESTART_DELAY: "1h", CURVINE_FLUID_RESTART_MAX_DELAY: "1h" },
}, async (run, look) => {
  await run.start();
  await untilStatus(
    run,
    "it waits",
    ({ state, failures }) => state === "backoff" && failures === 2,
  );
  await look(run);
});

client(
  "client-stale",
  "a client's daemon was killed while no master runs",
  {},
  async (run, look) => {
    await run.start();
    await run.mounted();
    run.master.shut();
    Deno.kill(run.daemon().pid, "SIGKILL");
    await eventually("the mount is dead", async () => !await run.readsCanary());
    await untilStatus(run, "it waits for a master", ({ state }) => state === "clearing");
    await look(run);
  },
);

client("client-hangs", "a client's daemon does not answer", {
  env: { CURVINE_FLUID_HANG_TIMEOUT: "300s", CURVINE_FLUID_PROBE_INTERVAL: "1h" },
}, async (run, look) => {
  await run.start();
  await run.mounted();
  Deno.kill(run.daemon().pid, "SIGSTOP");
  await look(run);
});

client(
  "client-stands-by",
  "another client serves the target",
  { plan: ["raw"] },
  async (run, look) => {
    await using second = await FaultRun.beside(run);
    await run.start();
    await run.mounted();
    await second.start();
    await untilStatus(
      second,
      "it stands by",
      ({ state, ready }) => state === "standing-by" && ready === true,
    );
    await look(second);
  },
);

client("client-waits", "a Dataset has no mount yet", {}, async (run, look) => {
  run.config.write(JSON.stringify({ ...JSON.parse(run.configText()), mounts: [] }));
  await run.start();
  await untilStatus(run, "it waits", ({ state }) => state === "waiting");
  await look(run);
});

client("client-refused", "a changed configuration was refused", {}, async (run, look) => {
  await run.start();
  await run.mounted();
  run.config.write(run.configText({ io_threads: "many" }));
  await untilStatus(run, "it is refused", ({ config_problem }) => config_problem !== null);
  await look(run);
});
