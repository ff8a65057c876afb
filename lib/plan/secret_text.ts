import { isSecretName, REDACTED, SECRET_PARTS } from "./secret_names.ts";

/**
 * All of a value that is one address of a database's, up to its last `@`: a password may hold
 * anything, and what looks like a port there may be its beginning.
 */
const STORE_ADDRESS =
  /^(\s*(?:jdbc:)?(?:mysql|mariadb|postgres|postgresql|redis|rediss|mongodb|amqp)(?:\+\w+)?:\/\/)([^:]*):(?!\d{1,5}(?:[,/?][^@]*)?$)(?!.*:\/\/)(.*)@/is;

/**
 * `user:password@`, with or without a scheme in front; the password may itself hold `/`, `:` and
 * `@`. Not the port of `h:80/x@y`.
 */
const ADDRESS =
  /(^|[\s"'`=,;(]|\/\/)([^\s/:@"'`=,;(]*):(?!\/\/|\d{1,5}(?:[/,;?#\s]|$))([^\s"'`]{1,512})@/g;
/** The same with its colon, its slashes or its `@` written as in a URL's query. */
const ENCODED_ADDRESS =
  /(^|[\s"'`=,;(&?]|\/\/|%2F%2F)((?:[^\s/:@"'`=,;(&?%]|%(?!3A|2F))*)(%3A)(?!%2F%2F|\d{1,5}(?:%2F|[/,;?&#\s]|$))((?:[^\s"'`&%@]|%(?!40))(?:[^\s"'`&]{0,511}))(@|%40)/gi;
/**
 * A name, perhaps in quotes, and what stands between it and its value: `name=value` as URLs, libpq
 * and ADO have it, `"name": "value"` as JSON has it, also within a string, and `name: value` as
 * YAML, headers and Rust's own notation do.
 */
const NAME = /(?<![\w.-])(\\?["']|)([A-Za-z_-][\w.-]{0,200})\1(\s*=\s*|\s*:\s*(?!\/\/))/g;
/** The value: in quotes or braces, or up to what ends it; a comma does so only before a pair. */
const VALUE = new RegExp(
  `\\\\"(?:(?!\\\\").)*\\\\"|"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|\\{[^{}]*\\}|` +
    `(?:Some\\()?"(?:[^"\\\\]|\\\\.)*"\\)?|` +
    "(?:[^\\s&;,\"'`)\\]}]|[,)\\]}](?!\\s|$|[\\w.-]+=))+",
  "y",
);
/** What an HTTP header says of who asks. */
const HEADER = /\b(Bearer|Basic)(\s+)[\w.~+/=-]{6,}/gi;
/**
 * What shows by its form that it is secret: a JSON Web Token (two objects and a signature, each in
 * base64), a private key as PEM or as base64 of that, keys and tokens of clouds and forges.
 */
const BY_FORM = new RegExp(
  "\\beyJ[\\w-]{5,4096}\\.eyJ[\\w-]{0,8192}\\.[\\w-]*|" +
    "-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:(?!-----END)[^]){0,16384}(?:-----END [A-Z ]{0,40}-----)?|" +
    "\\bLS0tLS1CRUdJTi[\\w+/=]{20,}|" +
    "\\b(?:gh[opsur]_|github_pat_|glpat-|xox[abprs]-|A[KS]IA|LTAI)[\\w-]{12,}",
  "g",
);
/** What stands in each of them, in lower case. */
const FORMS = [
  ...["eyj", "private key-----", "ls0tls1crudjti", "gho_", "ghp_", "ghs_", "ghu_", "ghr_"],
  ...["github_pat_", "glpat-", "xox", "akia", "asia", "ltai"],
];
/**
 * A flag with a name and the word behind it: `--secret-key X`, also as a list of words in quotes;
 * what the name says decides. `-u name:X` as curl has it.
 */
const FLAG =
  /((?:^|[\s"'[,(])--?([A-Za-z][\w.-]{0,80})["']?(?:\s+|,\s*)["']?)([^\s"',-][^\s"',]*)/g;
const USER_FLAG =
  /((?:^|[\s"'[,(])(?:-u|--user|--proxy-user)["']?(?:\s+|,\s*|=)?["']?[\w.@-]{1,80}):(?!\d+(?:[\s"',]|$))[^\s"',]+/g;
/** Programs whose `-pX` or `-aX` is a password, whatever it looks like. */
const WITH_PASSWORD_FLAG =
  /\b(?:mysql\w*|mariadb\w*|sshpass|redis-cli|mongo\w*|ldap\w+|lftp)\b|(?:^|\s)-u\s?\S/;
const SHORT_FLAG = /((?:^|[\s"'[,(])-[pa])([^\s"',-][^\s"',]*)/g;
/** `-pX` without them: neither a number, as of a port, nor another flag's name. */
const LOOKS_LIKE_PASSWORD = /-p(?=.*[A-Za-z])(?=.*[\d!#$%^&*?@~])(?!ort|ath|id)\S{4,}$/;
/** The word behind one that says password, in a sentence. */
const SPOKEN =
  /(\b(?:password|passwd|passphrase|passcode|pwd)["']?\s+(?:(?:is|was|of)\s+)?["'`]?)([^\s"'`]+)/gi;
/** How a sentence about a password goes on where it does not tell it. */
const ABOUT = new RegExp(
  "^(?:(?:is|are|was|has|have|had|must|may|can|cannot|could|does|did|will|would|should|the|an?|" +
    "no|not|of|for|from|in|on|to|at|by|with|without|and|or|as|if|than|that|which|too|" +
    "auth\\w*|file|files|hash\\w*|check\\w*|required|expired|incorrect|mismatch\\w*|missing|" +
    "wrong|invalid|empty|changed?|policy|prompt|protected|based|provided|given|set|unset|option|" +
    "field|value|login|manager|rejected|accepted|failed|failure|error|needed|wanted)[.,;:!?)]*|" +
    "[^A-Za-z0-9]+|\\*+.*)$",
  "i",
);

/**
 * Text without what is secret whatever it is called: the passwords of the addresses in it, values
 * with a secret's name, and what shows by its form that it is one. `mysql://user:pass@host` and
 * `host=db password=pass` are usual forms of `transfer.store_url`, whose name says nothing.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(withoutPasswords("mysql://root:pw@db/x"), "mysql://root:******@db/x");
 * assert.equal(withoutPasswords("host=db password=pw"), "host=db password=******");
 * ```
 */
export function withoutPasswords(text: string): string {
  let shown = withoutAddresses(text);
  // A pattern is costly the first time; most texts have nothing that most patterns need.
  const lower = text.toLowerCase();
  const has = (parts: readonly string[]): boolean => parts.some((part) => lower.includes(part));
  if (has(["bearer", "basic"])) shown = shown.replace(HEADER, `$1$2${REDACTED}`);
  if (has(FORMS)) shown = shown.replace(BY_FORM, REDACTED);
  shown = withoutFlags(withoutNamed(shown));
  return has(["pass", "pwd"]) ? withoutSpoken(shown) : shown;
}

function withoutAddresses(text: string): string {
  // Most texts have none, and are spared the costliest of these patterns.
  if (!text.includes("@") && !text.includes("%40")) return text;
  return text
    .replace(STORE_ADDRESS, `$1$2:${REDACTED}@`)
    .replace(ADDRESS, `$1$2:${REDACTED}@`)
    .replace(ENCODED_ADDRESS, `$1$2$3${REDACTED}$5`);
}

/** Text without the words that follow a flag that says password. */
function withoutFlags(text: string): string {
  if (!text.includes("-")) return text;
  const shown = text
    .replace(FLAG, (all, flag: string, name: string) => isSecretName(name) ? flag + REDACTED : all);
  const withUser = shown.includes("-u") ? shown.replace(USER_FLAG, `$1:${REDACTED}`) : shown;
  let anyFlag: boolean | undefined;
  return withUser.replace(SHORT_FLAG, (all, flag: string) => {
    anyFlag ??= WITH_PASSWORD_FLAG.test(text);
    return anyFlag || LOOKS_LIKE_PASSWORD.test(all) ? flag + REDACTED : all;
  });
}

/** Text without the words that follow one that says password. */
function withoutSpoken(text: string): string {
  return text.replace(
    SPOKEN,
    (all, said: string, word: string) => ABOUT.test(word) ? all : said + REDACTED,
  );
}

/** Text without the values of names that say secret. What is none may hold others: `a: {sk: x}`. */
function withoutNamed(text: string): string {
  let done = 0;
  let shown = "";
  for (const { index, 0: head, 1: quote = "", 2: name = "" } of text.matchAll(NAME)) {
    if (index < done || !isSecretName(name)) continue;
    VALUE.lastIndex = index + head.length;
    const value = VALUE.exec(text)?.[0];
    if (value === undefined) continue;
    if (quote === "" && !head.includes("=") && !saysSecret(name, value)) continue;
    shown += `${text.slice(done, index)}${head}${hidden(value)}`;
    done = index + head.length + value.length;
  }
  return shown + text.slice(done);
}

/** How a sentence about a name goes on: `secret-key: is missing`, `secretMount.enabled: true`. */
const SENTENCE =
  /^(?:is|are|was|has|have|holds|sets|names|must|may|cannot|can|does|the|a|an|no|not|of|true|false|[Bb]earer|[Bb]asic)$/;

/** Whether `name: value` is a secret and its name, not a sentence such as `no such key: x`. */
function saysSecret(name: string, value: string): boolean {
  if (SENTENCE.test(value)) return false;
  const lower = name.toLowerCase();
  return /^(?:Some\(|["'\\])/.test(value) && !/^keys?$/.test(lower) ||
    SECRET_PARTS.some((part) => lower.includes(part)) ||
    /^(?:pwd?|psw|authorization)$|[a-z][_-]?key$/.test(lower);
}

/** What was in quotes stays in quotes, so that what is made of it can still be read. */
function hidden(value: string): string {
  const quote = /^\\?["']/.exec(value)?.[0] ?? "";
  return `${quote}${REDACTED}${quote}`;
}

/** A value as a message may quote it: in double quotes, shortened, and not at all if secret. */
export function quoteValue(name: string, value: unknown): string {
  if (isSecretName(name)) return `"${REDACTED}"`;
  const plain = typeof value === "string" ? withoutPasswords(value) : value;
  const text = JSON.stringify(plain) ?? String(plain);
  return text.length <= 120 ? text : `${text.slice(0, 116)}…"`;
}
