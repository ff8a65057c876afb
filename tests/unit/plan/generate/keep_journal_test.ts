import assert from "node:assert/strict";
import { at, BASE_PATH, CONFIG_PATH, plan } from "../../../support/generation.ts";

const FLUID = { FLUID_DATASET_NAME: "lake", FLUID_RUNTIME_CONFIG_PATH: CONFIG_PATH };

async function journal(
  { options = {}, base = "", replicas = 1 }: {
    readonly options?: Readonly<Record<string, string>>;
    readonly base?: string;
    readonly replicas?: number;
  } = {},
): Promise<unknown[]> {
  const made = await plan({
    words: ["master", "start"],
    env: { ...FLUID, HOSTNAME: "lake-master-0" },
    files: {
      [BASE_PATH]: base,
      [CONFIG_PATH]: {
        mounts: [],
        targetPath: "/runtime-mnt/cache/ai/lake/cache-fuse",
        master: {
          enabled: true,
          name: "lake-master",
          options,
          replicas,
          service: { name: "svc-lake-master" },
        },
      },
    },
  });
  return [at(made, "journal.retry_interval_secs"), at(made, "journal.max_retry_num")];
}

Deno.test("a leader's journal begins after a second, and gives a failing write up no sooner", async () => {
  assert.deepEqual(await journal(), [1, 10_000]);
  assert.deepEqual(await journal({ replicas: 3 }), [1, 10_000]);
  const alone = await plan({ words: ["master", "start"] });
  assert.equal(alone.mode, "standalone");
  assert.equal(at(alone, "journal.retry_interval_secs"), 1);
});

Deno.test("a pause or a number of tries that somebody chose is kept", async () => {
  const base = "[journal]\nretry_interval_secs = 5\n";
  assert.deepEqual(await journal({ base }), [5, undefined]);
  const options = { "journal.retry_interval_secs": "20" };
  assert.deepEqual(await journal({ options, base }), [20, undefined]);
  const tries = { "journal.max_retry_num": "7" };
  assert.deepEqual(await journal({ options: tries }), [1, 7]);
});
