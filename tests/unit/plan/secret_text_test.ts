import assert from "node:assert/strict";
import fc from "../../support/fast_check.ts";
import { quoteValue, withoutPasswords } from "../../../lib/plan/secret_text.ts";

Deno.test("a value is quoted as JSON, shortened, and not at all when its name is secret", () => {
  assert.equal(quoteValue("a", 'x"\n'), '"x\\"\\n"');
  assert.equal(quoteValue("a", 7), "7");
  assert.equal(quoteValue("token", "hunter2"), '"******"');
  assert.equal(quoteValue("a", "x".repeat(500)), `"${"x".repeat(115)}…"`);
});

const SHOWN: [text: string, shown: string][] = [
  ["mysql://root:pw@db:3306/x, redis://:pw@h", "mysql://root:***@db:3306/x, redis://:***@h"],
  ["mysql://u:p@ss@db/x", "mysql://u:***@db/x"],
  ["postgres://u:p/a:s@s@db:5432/x?a=b", "postgres://u:***@db:5432/x?a=b"],
  ["postgresql://u:80x@db/x", "postgresql://u:***@db/x"],
  ["u:pw@tcp(db:3306)/x", "u:***@tcp(db:3306)/x"],
  ["a:b@c", "a:***@c"],
  ['"store_url":"mysql://u:pw@db"', '"store_url":"mysql://u:***@db"'],
  [
    "postgres://db/x?user=u&password=pw&sslmode=on",
    "postgres://db/x?user=u&password=***&sslmode=on",
  ],
  ["host=db user=u password=pw dbname=x", "host=db user=u password=*** dbname=x"],
  ["host=db password = 'p w' dbname=x", "host=db password = '***' dbname=x"],
  ["Server=db;Pwd=p,w;Database=x", "Server=db;Pwd=***;Database=x"],
  ["AccountName=a;AccountKey=Zm9v+/==;x=y", "AccountName=a;AccountKey=***;x=y"],
  ["https://h/c?sv=1&sig=a%2Fb", "https://h/c?sv=1&sig=***"],
  ["ak=AK,endpoint=e,sk=SK", "ak=***,endpoint=e,sk=***"],
  ["a,s3.access-key=AK1,b=c", "a,s3.access-key=***,b=c"],
  ['{"user":"u","password":"p\\"w","port":1}', '{"user":"u","password":"***","port":1}'],
  ["{'token' : 'pw'}", "{'token' : '***'}"],
  ["Authorization: Bearer abcdef-12345", "Authorization: Bearer ***"],
  ["mysql://u:80/p@ss?w d'x@db/x", "mysql://u:***@db/x"],
  ["postgres://me@corp:pw@db/x", "postgres://me@corp:***@db/x"],
  ["//u:pw@db/x", "//u:***@db/x"],
  ["Pwd={a;b};Server=db", "Pwd=***;Server=db"],
  ["sqlite://x?_auth_pass=pw&a=b", "sqlite://x?_auth_pass=***&a=b"],
  ["--password=pw --x=y", "--password=*** --x=y"],
  ["password: pw", "password: ***"],
  ["Authorization: abcdef", "Authorization: ***"],
  ['{\\"password\\":\\"pw\\",\\"a\\":1}', '{\\"password\\":\\"***\\",\\"a\\":1}'],
  [
    'Conf { props: {"a.secret": "pw"}, secret_key: "pw", token: Some("pw"), n: 1 }',
    'Conf { props: {"a.secret": "***"}, secret_key: "***", token: ***, n: 1 }',
  ],
  ["mysql://user%3Apw@db/x", "mysql://user%3A***@db/x"],
  [
    "http://h/?url=mysql%3A%2F%2Fu%3Apw%40db%2Fx&a=b",
    "http://h/?url=mysql%3A%2F%2Fu%3A***%40db%2Fx&a=b",
  ],
  ["user%3Apw@h", "user%3A***@h"],
  ["s3://us%40er%3Ap%40w@h/x", "s3://us%40er%3A***@h/x"],
  ["mysql -uroot -phunter -h db", "mysql -uroot -p*** -h db"],
  ["it ran ['mysqldump', '-u', 'root', '-phunter']", "it ran ['mysqldump', '-u', 'root', '-p***']"],
  ["dump -phunter2 -h db", "dump -p*** -h db"],
  ["redis-cli -ahunter ping", "redis-cli -a*** ping"],
  ["curl -u me:pw http://h", "curl -u me:*** http://h"],
  ["curl --user=me:pw http://h", "curl --user=me:*** http://h"],
  ["cv mount --secret-key pw --path /a", "cv mount --secret-key *** --path /a"],
  ['["cv", "--token", "pw", "-x"]', '["cv", "--token", "***", "-x"]'],
  ["the password hunter is wrong", "the password *** is wrong"],
  ["Password is 'hunter2'", "Password is '***'"],
  ["with passphrase hunter,", "with passphrase ***"],
  ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nx", "***\nx"],
  [
    "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,F0\n\nMIIE\n-----END EC PRIVATE KEY-----",
    "***",
  ],
  ["cert=LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1J", "cert=***"],
  ["push ghp_0123456789abcdefghij failed", "push *** failed"],
  ["AKIAIOSFODNN7EXAMPLE", "***"],
  ["it was eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln here", "it was *** here"],
];

for (const [text, shown] of SHOWN) {
  Deno.test(`of ${text}, only what is no secret is shown`, () => {
    assert.equal(withoutPasswords(text), shown.replaceAll("***", "******"));
  });
}

Deno.test("text without a secret is shown as it is", () => {
  for (
    const text of [
      "s3://bucket/a@b:c",
      "http://h:80/x@y",
      "m0:8995",
      "m0:8995,m1:8995",
      "master-0:8995 and a@b",
      "mounts[0].options.secret: the secret file does not exist",
      "key: value, a=b, access-mode=read_only",
      "curvine:///data",
      "12:30:00 it said a@b.c",
      "eyJ is no token",
      "master.options.secret_key: is missing",
      "no such key: fuse.x",
      "postgres://h:5432/db",
      "http://h/?url=http%3A%2F%2Fh%3A80%2Fx@y",
      "mkdir -p /a/b, -p8080, -path /x2, -pattern, mnt-p1",
      "wrong password for root, password: is missing, no password file",
      "password authentication failed; the password must have 8 letters",
      "docker run -u 1000:1000 -d x",
      "-----BEGIN CERTIFICATE-----",
      "--path /a --session-timeout 30 --key",
      "the secret file does not exist",
      "with dependencies.secretMount.enabled: true, passwordAuthentication: false",
    ]
  ) {
    assert.equal(withoutPasswords(text), text);
  }
  assert.equal(quoteValue("store_url", "mysql://u:hunter2@db"), '"mysql://u:******@db"');
  assert.equal(quoteValue("opts", 'password="hun ter2"'), '"password=\\"******\\""');
});

Deno.test("property: a password in an address or behind its name is never shown", () => {
  const password = fc.stringMatching(/^[A-Za-z0-9!#$%^*+_.~/:@-]{1,30}$/)
    .map((text) => `hunter${text}2`);
  fc.assert(fc.property(password, (secret) => {
    for (
      const text of [`mysql://root:${secret}@db/x`, `u:${secret}@h`, `a password=${secret} b`]
    ) {
      const shown = withoutPasswords(text);
      assert(!shown.includes(secret) && !shown.includes("hunter"), shown);
    }
  }));
});

Deno.test("a quarter of a megabyte of anything is looked through: a slower way would never end", () => {
  for (
    const part of [
      "a:b,",
      "x=",
      "a",
      "eyJ",
      "eyJ-",
      "://a:",
      "@",
      "'",
      '"a":',
      " ",
      "password=",
      "password ",
      " -p",
      " -u a",
      "--key ",
      ",%3A",
      "a%3Ab",
      "%2F",
      "-----BEGIN PRIVATE KEY-----",
      "?=%40",
    ]
  ) {
    withoutPasswords(part.repeat(250_000 / part.length));
  }
});
