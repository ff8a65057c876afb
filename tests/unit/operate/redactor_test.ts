import assert from "node:assert/strict";
import fc from "fast-check";
import { redactor } from "../../../lib/operate/redactor.ts";

Deno.test("redactor: no text shows a secret, in whatever shape it was quoted", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 6, unit: "grapheme" }), fc.string(), (secret, text) => {
      fc.pre(secret.trim() !== "" && secret.isWellFormed() && !secret.includes("*"));
      const redact = redactor([secret]);
      const shapes = [secret, encodeURIComponent(secret), JSON.stringify(secret)];
      for (const shape of shapes) assert(!redact(`${text}${shape}${text}`).includes(secret));
    }),
  );
});

Deno.test("redactor: a secret inside another goes with it", () => {
  assert.equal(redactor(["secret", "secret-longer"])("x secret-longer secret"), "x ****** ******");
});

Deno.test("redactor: a short secret is taken out where it stands alone, words stay words", () => {
  const redact = redactor(["ab"]);
  assert.equal(redact("secret=ab, table, ab"), "secret=******, table, ******");
  assert.equal(redactor([""])("as it is"), "as it is");
});

Deno.test("redactor: every line of a key file is one", () => {
  const redact = redactor(["-----BEGIN KEY-----\nMIIBVwIBADAN\n-----END KEY-----"]);
  assert(!redact("bad line: MIIBVwIBADAN").includes("MIIB"));
});
