import fc from "../../support/fast_check.ts";
import assert from "node:assert/strict";
import { configText } from "../../../lib/commands/prepare.ts";
import { planJson } from "../../../lib/plan/plan_json.ts";
import { Secrets } from "../../../lib/plan/secrets.ts";
import {
  BASE_PATH,
  cacheConfig,
  cacheWorld,
  draft,
  thinConfig,
  thinWorld,
  type World,
} from "../../support/generation.ts";

/** What may be shown of a start, and what is written. */
async function shownAndWritten(world: World): Promise<[shown: string, written: string]> {
  const { plan, secrets, problems } = await draft(world);
  assert.deepEqual(problems, []);
  const shown = secrets.redactPlan(plan);
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
  const { plan, secrets } = await draft(cacheWorld("master", cacheConfig()));
  assert.equal(planJson(secrets.redactPlan(plan)), planJson(plan));
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
      const { plan, secrets, problems } = await draft(
        thinWorld(thinConfig({ [option]: secret })),
      );
      const shown = secrets.redactPlan(plan);
      const all = planJson(shown) + configText(shown) + JSON.stringify([problems, shown.warnings]);
      assert(!all.includes(secret), option);
    }),
  );
});

function hiding(...texts: string[]): Secrets {
  const secrets = new Secrets();
  for (const text of texts) secrets.hideText(text);
  return secrets;
}

Deno.test("no text shows a secret, in whatever shape it was quoted", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 6, unit: "grapheme" }), fc.string(), (secret, text) => {
      fc.pre(secret.trim() !== "" && secret.isWellFormed() && !secret.includes("*"));
      const secrets = hiding(secret);
      const shapes = [secret, encodeURIComponent(secret), JSON.stringify(secret)];
      for (const shape of shapes) {
        assert(!secrets.redact(`${text}${shape}${text}`).includes(secret));
      }
    }),
  );
});

Deno.test("a secret is taken out whole as a URL and as JSON write it, whatever its characters", () => {
  const secret = 'pass/word "1" é';
  const secrets = hiding(secret);
  for (const shape of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
    assert.equal(secrets.redact(`x ${shape} y`), "x ****** y");
  }
  const halfOfALetter = "\ud83d-no-text";
  assert.equal(hiding(halfOfALetter).redact(`x ${halfOfALetter} y`), "x ****** y");
});

Deno.test("a secret inside another goes with it", () => {
  assert.equal(
    hiding("secret", "secret-longer").redact("x secret-longer secret"),
    "x ****** ******",
  );
});

Deno.test("a short secret is taken out where it stands alone, words stay words", () => {
  const secrets = hiding("ab");
  assert.equal(secrets.redact("it=ab, table, ab"), "it=******, table, ******");
  assert.equal(hiding("").redact("as it is"), "as it is");
});

Deno.test("every line of a key file is one", () => {
  const secrets = hiding("-----BEGIN KEY-----\nMIIBVwIBADAN\n-----END KEY-----");
  assert(!secrets.redact("bad line: MIIBVwIBADAN").includes("MIIB"));
});

/** What became of a secret file of this content. */
function reading(content: string | Uint8Array | undefined): ReturnType<Secrets["read"]> {
  return new Secrets().read("/etc/fluid/secrets/s/k", { readFile: () => content });
}

Deno.test("a secret is read without the white space at its ends, as the scripts before us did", () => {
  for (const content of ["hush", "hush\n", " hush\r\n\n", "\t hush \n"]) {
    assert.deepEqual(reading(content), { ok: true, content: "hush" });
  }
  assert.deepEqual(reading("a b\nc\n"), { ok: true, content: "a b\nc" });
  assert.deepEqual(reading(""), { ok: true, content: "" });
});

Deno.test("a secret that is read is hidden from then on", () => {
  const secrets = new Secrets();
  secrets.read("/etc/fluid/secrets/s/k", { readFile: () => "hush-hush\n" });
  assert.equal(secrets.redact("it said hush-hush"), "it said ******");
});

Deno.test("a secret that cannot be used says why, and nothing of its content", () => {
  const cases: [content: string | Uint8Array | undefined, message: RegExp][] = [
    [undefined, /"\/etc\/fluid\/secrets\/s\/k" does not exist$/],
    [new Uint8Array([0xff]), /is not UTF-8 text$/],
    ["hun\0ter", /holds a NUL byte$/],
  ];
  for (const [content, message] of cases) {
    const found = reading(content);
    assert(!found.ok);
    assert.match(found.message, message);
    assert(!found.message.includes("hun"));
  }
  const outside = new Secrets().read("/etc/fluid/secrets/../passwd", { readFile: () => "x" });
  assert(!outside.ok);
  const failing = new Secrets().read("/etc/fluid/secrets/s/k", {
    readFile: () => {
      throw new TypeError("hunter2");
    },
  });
  assert(!failing.ok && failing.message.endsWith(": TypeError"));
});

Deno.test("a secret that stands elsewhere, too, is hidden there, unless it is a common word", async () => {
  const world = thinWorld(thinConfig({
    "client.my_secret": "hush-hush",
    "client.short_secret": "true",
    "client.storage_type": "x-hush-hush-y",
    "fuse.debug": "true",
    "client.surprise": "hush-hush",
  }));
  const [shown] = await shownAndWritten(world);
  assert(!shown.includes("hush-hush"), shown);
  assert(shown.includes('"debug": true'));
});

Deno.test("names of options are shown without what is secret in them", async () => {
  const { problems, plan } = await draft(thinWorld(
    thinConfig({ "password=hunter2": "x", "mysql://u:hunter2@db": "y" }, { "token=hunter2": 1 }),
  ));
  const all = JSON.stringify([problems, plan.warnings]);
  assert.equal(problems.length, 2);
  assert(all.includes("token=******") && !all.includes("hunter2"), all);
});
