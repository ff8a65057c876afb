import assert from "node:assert/strict";
import { CURVINE_KEYS } from "../../../../lib/plan/curvine/keys.ts";
import { isSecretName, quoteValue, withoutPasswords } from "../../../../lib/plan/fluid/redact.ts";

Deno.test("names that say secret, token, password or key are secret", () => {
  for (
    const name of [
      "secret",
      "s3.credentials.secret",
      "s3.credentials.access",
      "SECRET_KEY",
      "token",
      "auth-token",
      "sessionToken",
      "password",
      "db.Password",
      "passwd",
      "passphrase",
      "key",
      "access-key",
      "access.key",
      "access_key_id",
      "accessKeyId",
      "AccessKeyID",
      "apikey",
      "API_KEYS",
      "fs.s3a.secret-key",
    ]
  ) assert(isSecretName(name), name);
});

Deno.test("Fluid's own key1 is no secret, nor is any key that Curvine documents", () => {
  for (const name of ["key1", "keytab_path", "keyboard", "io-threads", ""]) {
    assert(!isSecretName(name), name);
  }
  for (const [section, keys] of Object.entries(CURVINE_KEYS)) {
    for (const key of Object.keys(keys)) assert(!isSecretName(key), `${section}.${key}`);
  }
});

Deno.test("a value is quoted as JSON, shortened, and not at all when its name is secret", () => {
  assert.equal(quoteValue("a", 'x"\n'), '"x\\"\\n"');
  assert.equal(quoteValue("a", 7), "7");
  assert.equal(quoteValue("token", "hunter2"), '"******"');
  assert.equal(quoteValue("a", "x".repeat(500)), `"${"x".repeat(115)}…"`);
});

Deno.test("a password inside an address is not shown, the rest of it is", () => {
  assert.equal(
    withoutPasswords("mysql://root:hunter2@db:3306/x, redis://:pw@h"),
    "mysql://root:******@db:3306/x, redis://:******@h",
  );
  assert.equal(withoutPasswords("mysql://u:p@ss@db/x"), "mysql://u:******@db/x");
  for (const text of ["s3://bucket/a@b:c", "http://h:80/x@y", "m0:8995", "a:b@c"]) {
    assert.equal(withoutPasswords(text), text);
  }
  assert.equal(quoteValue("store_url", "mysql://u:hunter2@db"), '"mysql://u:******@db"');
});
