import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from "yaml";
import { ConfigError } from "../../plan/config_error.ts";
import { kubectlScalar } from "./kubectl_scalar.ts";

/** A place in a document: field names and indices. */
export type Place = readonly (string | number)[];

/** One document of a YAML file. */
export interface YamlDocument {
  readonly file: string;
  readonly value: unknown;
  /** The line, from 1, at which a place or the nearest one around it stands. */
  lineOf(place: Place): number;
  /** Keys that stand twice in one mapping: kubectl takes the last without a word. */
  readonly doubles: readonly { readonly line: number; readonly key: string }[];
  /** The text of an unquoted scalar that is no text at a place; `undefined` where there is none. */
  plainTextOf(place: Place): string | undefined;
}

/** Kubernetes keeps no object above 1.5 MiB; a file may have many. */
const MAX_CHARACTERS = 16 * 1024 * 1024;
const MAX_DEPTH = 100;
/** Of nodes that aliases repeat: ten lines of aliases of aliases would make billions. */
const MAX_REPEATED = 100_000;

/**
 * Reads a YAML file of one or more documents, as `kubectl` would: YAML 1.1's plain scalars, merge
 * keys (`<<`), keys as text.
 *
 * @throws {ConfigError} for what is no YAML, with the line
 */
export function yamlDocuments(text: string, file: string): YamlDocument[] {
  const subject = `the manifest ${JSON.stringify(file)}`;
  if (text.length > MAX_CHARACTERS) {
    throw new ConfigError(subject, [{
      path: "",
      message: `it has ${text.length} characters; at most ${MAX_CHARACTERS} are read`,
    }]);
  }
  const lines = new LineCounter();
  const fault = (offset: number, message: string): ConfigError => {
    const { line, col } = lines.linePos(offset);
    const path = `line ${Math.max(1, line)}, column ${Math.max(1, col)}`;
    return new ConfigError(subject, [{ path, message: `it is not YAML: ${message}` }]);
  };
  const documents = parse(text, lines, subject);
  const wrong = documents.flatMap(({ errors }) => errors)[0];
  // The library's pretty messages show the lines around the fault, which may hold a secret.
  if (wrong !== undefined) throw fault(wrong.pos[0], wrong.message);
  const control = CONTROL.exec(text);
  if (control !== null) throw fault(control.index, "it has a control character");
  return documents.flatMap((document) => {
    const reader = new Reader(document, fault, text);
    const entry = reader.read();
    // An empty document is what a `---` too many makes.
    return entry.value === null ? [] : [{
      file,
      value: entry.value,
      doubles: reader.doubles.map(({ at, key }) => ({ line: lines.linePos(at).line, key })),
      lineOf: (place: Place): number => lines.linePos(entryAt(entry, place).nearest.at).line,
      plainTextOf: (place: Place): string | undefined => entryAt(entry, place).exact?.plain,
    }];
  });
}

/** What Kubernetes' reader of YAML takes for "control characters are not allowed". */
// deno-lint-ignore no-control-regex -- they are what is looked for
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/;

/** The escape of half a surrogate pair, itself not escaped. */
const HALF = /(?<!\\)(?:\\\\)*(\\(?:u|U0000)[dD][89a-fA-F][\da-fA-F]{2})/;

function parse(text: string, lineCounter: LineCounter, subject: string): Document.Parsed[] {
  try {
    const options = {
      schema: "failsafe",
      lineCounter,
      prettyErrors: false,
      uniqueKeys: false,
    } as const;
    const documents = parseAllDocuments(text, options);
    return "empty" in documents ? [] : documents;
  } catch (error) {
    // The library composes by recursion: text that is nested a thousand deep exhausts the stack.
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigError(subject, [{ path: "", message: "it is nested too deeply" }]);
  }
}

/** A value with the places inside it. */
interface Entry {
  readonly value: unknown;
  /** The offset in the text: a key's for what a mapping has. */
  readonly at: number;
  readonly inner?: ReadonlyMap<string | number, Entry>;
  readonly plain?: string;
}

function entryAt(root: Entry, place: Place): { nearest: Entry; exact: Entry | undefined } {
  let nearest = root;
  for (const step of place) {
    const next = nearest.inner?.get(step);
    if (next === undefined) return { nearest, exact: undefined };
    nearest = next;
  }
  return { nearest, exact: nearest };
}

/** Makes values of nodes, as Kubernetes' reader would. */
class Reader {
  #repeated = 0;
  /** How many aliases are being followed, one inside another. */
  #aliases = 0;
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  readonly doubles: { at: number; key: string }[] = [];

  constructor(
    readonly document: Document.Parsed,
    readonly fault: (offset: number, message: string) => ConfigError,
    readonly text: string,
  ) {}

  read(): Entry {
    return this.#entry(this.document.contents, 0, 0);
  }

  #entry(node: unknown, at: number, depth: number, isKey = false): Entry {
    if (this.#aliases > 0 && ++this.#repeated > MAX_REPEATED) {
      throw this.fault(at, "its aliases make too much of it");
    }
    if (depth > MAX_DEPTH) throw this.fault(at, `it is nested more than ${MAX_DEPTH} deep`);
    if (isAlias(node)) return this.#alias(node.source, at, depth);
    // An alias means the anchor of its name that came last before it, in the order of the text.
    if (this.#aliases === 0 && (isScalar(node) || isMap(node) || isSeq(node)) && node.anchor) {
      this.#anchors.set(node.anchor, node);
    }
    if (isScalar(node)) {
      this.#checkEscapes(node, at);
      const entry = { ...this.#scalar(node, at), at };
      if (typeof entry.value === "number" && !Number.isFinite(entry.value) && !isKey) {
        const message = `"${entry.plain}" is a number that JSON cannot hold; put it in quotes`;
        throw this.fault(at, message);
      }
      return entry;
    }
    if (isMap(node)) return this.#within(node, () => this.#map(node, at, depth));
    if (isSeq(node)) {
      return this.#within(node, () => {
        const items = node.items.map((item, index): [number, Entry] => [
          index,
          this.#entry(item, startOf(item) ?? at, depth + 1),
        ]);
        return { value: items.map(([, { value }]) => value), at, inner: new Map(items) };
      });
    }
    return { value: null, at };
  }

  /** Kubernetes' reader takes JSON for JSON, and of YAML no code that is no character of its own. */
  #checkEscapes({ type, range }: Scalar, at: number): void {
    if (type !== "QUOTE_DOUBLE" || !range || /^\s*\{/.test(this.text)) return;
    const half = HALF.exec(this.text.slice(range[0], range[1]))?.[1];
    if (half === undefined) return;
    const message = `"${half}" is half of a surrogate pair; write the character itself, or \\U ` +
      "and its eight digits";
    throw this.fault(at, message);
  }

  #alias(name: string, at: number, depth: number): Entry {
    const target = this.#anchors.get(name);
    if (target === undefined) throw this.fault(at, `there is no anchor "${name}" before it`);
    if (this.#open.has(target)) throw this.fault(at, `the anchor "${name}" holds itself`);
    this.#aliases++;
    try {
      // The line is the alias's own: there a person wrote it.
      return { ...this.#entry(target, at, depth), at };
    } finally {
      this.#aliases--;
    }
  }

  #within(node: Node, make: () => Entry): Entry {
    this.#open.add(node);
    try {
      return make();
    } finally {
      this.#open.delete(node);
    }
  }

  #map(node: YAMLMap, at: number, depth: number): Entry {
    const own = new Map<string, Entry>();
    const merged = new Map<string, Entry>();
    for (const { key, value } of node.items) {
      const start = startOf(key) ?? at;
      const name = this.#key(key, start, depth);
      if (isScalar(key) && key.type === "PLAIN" && name === "<<") {
        this.#merge(value, start, depth, merged);
        continue;
      }
      if (own.has(name)) this.doubles.push({ at: start, key: name });
      own.set(name, { ...this.#entry(value, start, depth + 1), at: start });
    }
    const inner = new Map([...merged, ...own]);
    // Not by assignment: `__proto__` is a key like any other.
    const value = Object.fromEntries([...inner].map(([name, entry]) => [name, entry.value]));
    return { value, at, inner };
  }

  /** `<<: *a` and `<<: [*a, *b]`; of two, the earlier is the stronger. */
  #merge(value: unknown, at: number, depth: number, onto: Map<string, Entry>): void {
    const from = this.#entry(value, at, depth + 1);
    const list = Array.isArray(from.value) ? [...from.inner?.values() ?? []] : [from];
    for (const { value: one, inner } of list) {
      if (typeof one !== "object" || one === null || Array.isArray(one)) {
        throw this.fault(at, "a merge key (<<) wants a mapping, or a list of them");
      }
      for (const [name, entry] of inner ?? []) {
        if (!onto.has(String(name))) onto.set(String(name), entry);
      }
    }
  }

  /** Kubernetes makes text of every key that is a scalar: `8080:` and `on:` too. */
  #key(key: unknown, at: number, depth: number): string {
    const { value, plain } = this.#entry(key, at, depth + 1, true);
    if (typeof value === "object") throw this.fault(at, "a key has to be text");
    return typeof value === "number" && !Number.isFinite(value) ? plain ?? "" : String(value);
  }

  #scalar(node: Scalar, at: number): Pick<Entry, "value" | "plain"> {
    const text = node.source ?? "";
    const tag = node.tag?.replace(/^tag:yaml\.org,2002:/, "");
    if (tag === "str" || tag === "binary") return { value: text };
    if (tag === undefined && node.type !== "PLAIN") return { value: text };
    const value = kubectlScalar(text);
    if (tag !== undefined && Object.hasOwn(IS_OF_TAG, tag) && !IS_OF_TAG[tag]?.(value)) {
      throw this.fault(at, `"${text}" is not of its tag, !!${tag}`);
    }
    return typeof value === "string" ? { value } : { value, plain: text };
  }
}

/** What a value has to be where a tag says so; a number without a fraction may be either. */
const IS_OF_TAG: Readonly<Record<string, (value: unknown) => boolean>> = {
  null: (value) => value === null,
  bool: (value) => typeof value === "boolean",
  int: (value) => typeof value === "bigint" || Number.isInteger(value),
  float: (value) => typeof value === "bigint" || typeof value === "number",
};

function startOf(node: unknown): number | undefined {
  return (node as Partial<Node> | null)?.range?.[0];
}
