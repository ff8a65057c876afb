/** What Kubernetes wants of a name, in words, and how it is tested. */
export interface NameRule {
  readonly wanted: string;
  readonly pattern: RegExp;
  readonly most: number;
}

/** Names of services, and so of all that Fluid names services after. */
export const DNS_1035_LABEL: NameRule = {
  wanted: "lower-case letters, digits and dashes, a letter first, no dash last",
  pattern: /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/,
  most: 63,
};

/** Names of containers, volumes and namespaces. */
export const DNS_1123_LABEL: NameRule = {
  wanted: "lower-case letters, digits and dashes, no dash first or last",
  pattern: /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/,
  most: 63,
};

/** Names of most other objects. */
export const DNS_1123_SUBDOMAIN: NameRule = {
  wanted: "lower-case letters, digits, dashes and dots, a letter or digit first and last",
  pattern: /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
  most: 253,
};

/** Names of variables, as releases before 1.32 have it. */
export const ENV_NAME: NameRule = {
  wanted: "letters, digits, _ and -, no digit first",
  pattern: /^[-._a-zA-Z][-._a-zA-Z0-9]*$/,
  most: Infinity,
};

/** Values of labels. */
export const LABEL_VALUE: NameRule = {
  wanted: "letters, digits, -, _ and dots, a letter or digit first and last",
  pattern: /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/,
  most: 63,
};

/** Keys of labels and annotations: a name, and perhaps a domain and a slash before it. */
export const LABEL_KEY: NameRule = {
  wanted: "letters, digits, -, _ and dots, perhaps after a domain and a slash",
  pattern:
    /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
  most: 317,
};

/**
 * What is wrong with a name, as a message and a hint that the rule takes.
 *
 * @param most fewer characters than the rule's, where something longer is made of the name
 * @returns `undefined` for a good one
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(nameFault("lake", DNS_1035_LABEL), undefined);
 * assert.equal(nameFault("My_Lake", DNS_1035_LABEL)?.hint, 'write "my-lake"');
 * ```
 */
export function nameFault(
  name: string,
  rule: NameRule,
  most = rule.most,
): { message: string; hint?: string } | undefined {
  if (name.length <= most && rule.pattern.test(name)) return undefined;
  const limit = Number.isFinite(most) ? `, at most ${most} characters` : "";
  const quoted = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
  const length = name.length > most ? ` (${name.length} characters)` : "";
  const message = `is ${quoted}${length}; ${rule.wanted}${limit} are wanted`;
  const proposed = proposal(name, rule, most);
  return { message, ...(proposed === undefined ? {} : { hint: `write "${proposed}"` }) };
}

/** The nearest name that the rule takes: other case, dashes for what is not allowed, cut off. */
function proposal(name: string, rule: NameRule, most: number): string | undefined {
  const cut = (text: string): string => text.slice(0, most).replace(/^[-.]+|[-._]+$/g, "");
  const lower = name.toLowerCase().replaceAll(/[_\s/:]+/g, "-");
  const plain = lower.replaceAll(/[^-a-z0-9.]/g, "");
  const snake = name.replaceAll(/[^A-Za-z0-9_]/g, "_");
  const candidates = rule === ENV_NAME
    ? [snake, `_${snake}`]
    : [cut(name), cut(lower), cut(plain), cut(plain.replaceAll(".", "-")), cut(`x${plain}`)];
  return candidates.find((one) => one !== "" && one.length <= most && rule.pattern.test(one));
}
