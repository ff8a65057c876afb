import assert from "node:assert/strict";
import {
  findMasters,
  type MasterFacts,
  type MasterPorts,
  type Masters,
} from "../../../lib/operate/find_masters.ts";

async function find(
  facts: Partial<MasterFacts>,
  names: readonly string[],
  ports: Partial<MasterPorts> = {},
): Promise<{ masters: Masters; asked: string[] }> {
  const asked: string[] = [];
  const masters = await findMasters(
    { env: {}, hostname: "x", namespace: "ai", masters: [], dataset: undefined, ...facts },
    {
      resolve: (name) => {
        asked.push(name);
        return Promise.resolve(names.includes(name) ? "found" : "absent");
      },
      labels: () => Promise.resolve({ ok: false, reason: "no cluster" }),
      say: () => {},
      ...ports,
    },
  );
  return { masters, asked };
}

function master(dataset: string, ordinal: number): string {
  return `${dataset}-master-${ordinal}.svc-${dataset}-master.ai.svc`;
}

function hosts(masters: Masters): string[] {
  return masters.ok ? masters.endpoints.map(({ hostname, port }) => `${hostname}:${port}`) : [];
}

Deno.test("masters: what somebody set is taken without asking anybody", async () => {
  const env = { CURVINE_DATALOAD_MASTER_HOST: "m0", CURVINE_DATALOAD_MASTER_PORT: "1" };
  const { masters, asked } = await find({ env }, []);
  assert.deepEqual(hosts(masters), ["m0:1"]);
  assert.deepEqual(asked, []);
  const flags = await find({ env, masters: ["a:2", "b"] }, []);
  assert.deepEqual(hosts(flags.masters), ["a:2", "b:1"]);
});

Deno.test("masters: a dataset's masters are probed until a name does not resolve", async () => {
  const names = [0, 1, 3].map((ordinal) => master("lake", ordinal));
  const { masters, asked } = await find({ env: { CURVINE_DATALOAD_DATASET: "lake" } }, names);
  assert.deepEqual(hosts(masters), [`${master("lake", 0)}:8995`, `${master("lake", 1)}:8995`]);
  assert.deepEqual(asked, [0, 1, 2].map((ordinal) => master("lake", ordinal)));
});

Deno.test("masters: the pod's labels come before its host name", async () => {
  const names = [master("lake", 0), master("sea", 0)];
  for (const labels of [{ targetDataset: "lake" }, { "fluid.io/dataset-id": "ai-lake" }]) {
    const { masters } = await find({ hostname: "sea-loader-job-1" }, names, {
      labels: () => Promise.resolve({ ok: true, labels }),
    });
    assert.deepEqual(hosts(masters), [`${master("lake", 0)}:8995`]);
  }
});

Deno.test("masters: the job's host name gives the dataset, with or without a suffix", async () => {
  for (const job of ["lake", "lake-load", "lake-dataload", "lake-warmup"]) {
    const { masters } = await find({ hostname: `${job}-loader-job-29384-x7k2p` }, [
      master("lake", 0),
    ]);
    assert.deepEqual(hosts(masters), [`${master("lake", 0)}:8995`], job);
  }
});

Deno.test("masters: nothing found tells all that was tried", async () => {
  const { masters } = await find({ hostname: "lake-loader-job-1" }, []);
  assert(!masters.ok);
  assert.match(masters.tried.join("\n"), /--master[^]*--dataset[^]*no cluster[^]*does not resolve/);
});

Deno.test("masters: a name service that answers everything does not keep us asking", async () => {
  const { masters } = await find({ dataset: "lake" }, [], {
    resolve: () => Promise.resolve("found"),
  });
  assert.equal(hosts(masters).length, 15);
});
