import fc from "fast-check";
import assert from "node:assert/strict";
import { configText } from "../../../../lib/commands/prepare.ts";
import { planJson } from "../../../../lib/plan/plan_json.ts";
import { redactPlan } from "../../../../lib/plan/generate/redact_plan.ts";
import {
  BASE_PATH,
  cacheConfig,
  cacheWorld,
  draft,
  thinConfig,
  thinWorld,
  type World,
} from "../../../support/generation.ts";

/** What may be shown of a start, and what is written. */
async function shownAndWritten(world: World): Promise<[shown: string, written: string]> {
  const { plan, secretPaths, problems } = await draft(world);
  assert.deepEqual(problems, []);
  const shown = redactPlan(plan, secretPaths);
  return [planJson(shown) + configText(shown) + JSON.stringify(shown.warnings), configText(plan)];
}

Deno.test("what options and secret files call secret is written, but never shown", async () => {
  const world = thinWorld(thinConfig({
    "client.my_secret": "canary1",
    "s3.credentials.access": "canary2",
    "auth-token": "canary3",
    "client.accessKeyId": "canary4",
    "client.storage_type": "/etc/fluid/secrets/a/b",
    "secret.inner": "canary6",
  }));
  const files = { ...world.files, "/etc/fluid/secrets/a/b": "canary5\n" };
  const [shown, written] = await shownAndWritten({ ...world, files });
  for (const number of [1, 2, 3, 4, 5, 6]) {
    assert(!shown.includes(`canary${number}`), `canary${number} in ${shown}`);
    assert(written.includes(`canary${number}`));
  }
  assert(shown.includes("******"));
});

Deno.test("secrets of the base are not shown: in lists of tables, in secret tables, in addresses", async () => {
  const base = `[transfer]
store_url = "mysql://root:canary1@db/x"
[[users]]
name = "shown"
password = "canary2"
[credentials]
access = "canary3"
list = ["canary4"]
[a.secret.b]
c = "canary5"
[[x]]
y = [{ token = "canary6" }]
`;
  const world = cacheWorld("master", cacheConfig());
  const [shown, written] = await shownAndWritten({
    ...world,
    files: { ...world.files, [BASE_PATH]: base },
  });
  for (const number of [1, 2, 3, 4, 5, 6]) {
    assert(!shown.includes(`canary${number}`), `canary${number} in ${shown}`);
    assert(written.includes(`canary${number}`));
  }
  assert(shown.includes("mysql://root:******@db/x"));
  assert(shown.includes('"shown"'));
});

Deno.test("problems and warnings never quote a secret option", async () => {
  const options = {
    "client.rpc_timeout_ms.token": "canary",
    password: "canary",
    "fuse.key": "canary",
  };
  const { problems, plan } = await draft(thinWorld(thinConfig(options)));
  assert(problems.length > 0 && plan.warnings.length > 0);
  assert(!JSON.stringify([problems, plan.warnings]).includes("canary"));
});

Deno.test("what is not secret is shown as it is", async () => {
  const { plan, secretPaths } = await draft(cacheWorld("master", cacheConfig()));
  assert.equal(planJson(redactPlan(plan, secretPaths)), planJson(plan));
});

Deno.test("property: an option whose name says secret is never shown, whatever its name and value", async () => {
  const name = fc.tuple(
    fc.stringMatching(/^[a-z]{0,6}$/),
    fc.constantFrom(
      "secret",
      "token",
      "password",
      "key",
      "Secret",
      "PASSWORD",
      "access-key",
      "secret_key",
    ),
    fc.constantFrom("", "_x", "-1", ".inner", "_id"),
    fc.constantFrom("", "client.", "fuse.", "fuse.log."),
  ).map(([before, word, after, prefix]) =>
    `${prefix}${before === "" ? "" : `${before}_`}${word}${after}`
  );
  await fc.assert(
    fc.asyncProperty(name, fc.stringMatching(/^[A-Za-z0-9+/]{4,12}$/), async (option, tail) => {
      const secret = `canary${tail}`;
      const { plan, secretPaths, problems } = await draft(
        thinWorld(thinConfig({ [option]: secret })),
      );
      const shown = redactPlan(plan, secretPaths);
      const all = planJson(shown) + configText(shown) + JSON.stringify([problems, shown.warnings]);
      assert(!all.includes(secret), option);
    }),
  );
});
