import { type Content, strictText } from "../text/strict_text.ts";
import { isTomlTable, type TomlTable, tomlTable, type TomlValue } from "./curvine/toml_value.ts";
import type { Inputs } from "./inputs.ts";
import type { Plan } from "./plan.ts";
import { isSecretName, REDACTED } from "./secret_names.ts";
import { withoutPasswords } from "./secret_text.ts";

/** Where Fluid mounts the secrets that a Dataset names. Fluid: The runtime config file, `encryptOptions`. */
export const SECRETS_FOLDER = "/etc/fluid/secrets/";

/** Shorter parts of a secret are too common in ordinary text to be taken out. */
const MIN_LINE = 6;

/** The content of a secret file, or why there is none. */
export type SecretFile =
  | { readonly ok: true; readonly content: string }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** Whether an option's value names a file in which Fluid mounts a secret. */
export function namesSecretFile(value: string): boolean {
  return value.startsWith(SECRETS_FOLDER);
}

/**
 * The secrets of one start: it reads them, remembers them, and takes them out of whatever is shown.
 * Whoever shows something of a configuration asks it first.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const secrets = new Secrets();
 * secrets.hideText("hush/hush");
 * assert.equal(secrets.redact("it was hush/hush"), "it was ******");
 * assert.equal(secrets.redact("?x=hush%2Fhush"), "?x=******");
 * ```
 */
export class Secrets {
  readonly #paths = new Set<string>();
  readonly #shapes = new Set<string>();
  /** The shapes with the longest first: a secret may be a part of another. */
  #sorted: readonly string[] | undefined;

  /** Whatever lies there in the TOML is secret. */
  hidePath(path: readonly string[]): void {
    this.#paths.add(path.join("\0"));
  }

  /** A text is secret in every shape that a URL, JSON or a quoted string gives it. */
  hideText(text: string): void {
    this.#sorted = undefined;
    const lines = text.split("\n").map((line) => line.trim());
    for (const part of [text, ...lines.filter((line) => line.length >= MIN_LINE)]) {
      for (const shape of shapesOf(part)) if (shape.trim() !== "") this.#shapes.add(shape);
    }
  }

  /** What a configuration's paths and names call secret is secret as text, too. */
  hideIn(toml: TomlTable): void {
    this.#collect(toml, [], false);
  }

  /**
   * Reads the secret that a value names, and remembers it. White space at its ends is left out, as
   * the scripts before us did it: people make secrets with editors and `echo`.
   */
  read(path: string, { readFile }: Pick<Inputs, "readFile">): SecretFile {
    const quoted = JSON.stringify(path);
    if (path.split("/").includes("..")) {
      return { ok: false, message: `names ${quoted}`, hint: `stay inside ${SECRETS_FOLDER}` };
    }
    let found: Content | undefined;
    try {
      found = readFile(path);
    } catch (error) {
      const reason = error instanceof Error ? error.name : "unreadable";
      return { ok: false, message: `cannot read the secret file ${quoted}: ${reason}`, hint: HINT };
    }
    if (found === undefined) {
      return { ok: false, message: `the secret file ${quoted} does not exist`, hint: HINT };
    }
    let content: string;
    try {
      content = strictText(found).trim();
    } catch {
      return { ok: false, message: `the secret file ${quoted} is not UTF-8 text`, hint: AS_TEXT };
    }
    if (content.includes("\0")) {
      return { ok: false, message: `the secret file ${quoted} holds a NUL byte`, hint: AS_TEXT };
    }
    this.hideText(content);
    return { ok: true, content };
  }

  /** Text without any secret in it: known ones, and what looks like one. */
  redact(text: string): string {
    this.#sorted ??= [...this.#shapes].sort((a, b) => b.length - a.length);
    return withoutPasswords(this.#sorted.reduce(takeOut, text));
  }

  /**
   * A plan that may be shown: what options called secret, what came out of secret files and what
   * Curvine's own names call secret is `******`.
   */
  redactPlan(plan: Plan): Plan {
    return {
      ...plan,
      config: { ...plan.config, toml: this.#redactTable(plan.config.toml, []) },
      warnings: plan.warnings.map((one) => ({ ...one, message: this.#redactLong(one.message) })),
    };
  }

  #isSecret(path: readonly string[], name: string): boolean {
    return isSecretName(name) || this.#paths.has(path.join("\0"));
  }

  #redactTable(table: TomlTable, path: readonly string[]): TomlTable {
    return tomlTable(
      Object.entries(table).map(([key, value]) => {
        const at = [...path, key];
        return [key, this.#isSecret(at, key) ? hidden(value) : this.#redactValue(value, at)];
      }),
    );
  }

  #redactValue(value: TomlValue, path: readonly string[]): TomlValue {
    if (typeof value === "string") return this.#redactLong(value);
    if (isTomlTable(value)) return this.#redactTable(value, path);
    return Array.isArray(value) ? value.map((one) => this.#redactValue(one, path)) : value;
  }

  /** A short secret, such as "a" or "true", would take words out that are none. */
  #redactLong(text: string): string {
    const long = [...this.#shapes].filter((shape) => shape.length >= MIN_LINE);
    return withoutPasswords(long.sort((a, b) => b.length - a.length).reduce(takeOut, text));
  }

  #collect(value: TomlValue, path: readonly string[], secret: boolean): void {
    if (typeof value === "string") {
      if (secret) this.hideText(value);
    } else if (Array.isArray(value)) {
      for (const one of value) this.#collect(one, path, secret);
    } else if (isTomlTable(value)) {
      for (const [key, one] of Object.entries(value)) {
        const at = [...path, key];
        this.#collect(one, at, secret || this.#isSecret(at, key));
      }
    }
  }
}

/** Everything below a secret name is secret; a table stays a table, so that TOML stays valid. */
function hidden(value: TomlValue): TomlValue {
  if (!isTomlTable(value)) return REDACTED;
  return tomlTable(Object.entries(value).map(([key, one]) => [key, hidden(one)]));
}

function* shapesOf(secret: string): Generator<string> {
  yield secret;
  yield secret.trim();
  if (!secret.isWellFormed()) return;
  yield encodeURIComponent(secret);
  yield JSON.stringify(secret).slice(1, -1);
}

function takeOut(text: string, secret: string): string {
  if (secret.length >= MIN_LINE) return text.replaceAll(secret, REDACTED);
  // A short one ("a", "true") stands in many words; it is taken out where it stands alone.
  const escaped = secret.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return text.replace(new RegExp(`(?<![\\w])${escaped}(?![\\w])`, "g"), REDACTED);
}

/** Fluid: Environment, volumes, names. */
const HINT = "a client gets secrets only with dependencies.secretMount switched on, " +
  "and a secret newly named in a Dataset reaches only pods that start afterwards";

const AS_TEXT = "a Secret's value has to be text";
