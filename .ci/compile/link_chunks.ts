/**
 * Turns what `deno bundle --code-splitting` makes (ES modules, "chunks", that import each other)
 * into scripts for a loader of our own. V8 can keep the compiled code of a script beside its text;
 * of an ES module, Deno lets it do so only in a folder that is empty whenever a container starts.
 *
 * Pure: texts in, texts out.
 */

/**
 * How a pack lies in the executable: its text with V8's code of it, which opens it soonest; its
 * text alone; or that compressed, which is smallest.
 */
export type PackForm = "code" | "text" | "compressed";

/** Chunks that are opened together, for they are needed together. */
export interface PackPlan {
  readonly name: string;
  /** Their entries, by the source's name without folder and ending: `run` for commands/run.ts. */
  readonly entries: readonly string[];
  /** Packs that are open whenever this one is opened: what they hold is left out. */
  readonly after?: readonly string[];
  /** `code` unless told. */
  readonly form?: PackForm;
}

/** A script whose value is an object: functions by number, each of them a chunk. */
export interface Pack {
  readonly name: string;
  readonly script: string;
  readonly form: PackForm;
}

/** What the executable is put together from. */
export interface Linked {
  /** main.ts' own statements; `$need` and `$load` stand for its imports. */
  readonly main: string;
  /** The chunks that main.ts imports statically, written as an object like a pack's value. */
  readonly inline: string;
  /** As they were planned; the last one has all that no plan names, compressed. */
  readonly packs: readonly Pack[];
  /** Where each chunk is: an index of `packs`, or -1 for `inline`. */
  readonly packOf: readonly number[];
}

const MAIN = "main.js";
const REST: PackPlan = { name: "rest", entries: [], form: "compressed" };

/**
 * @param chunks the bundler's files by name; `main.js` is where the program begins
 * @throws {SyntaxError} for a chunk that is not written as the bundler writes them
 * @throws {RangeError} for an entry that does not exist, or chunks that import each other
 */
export function linkChunks(
  chunks: ReadonlyMap<string, string>,
  plans: readonly PackPlan[],
): Linked {
  const parsed = new Map([...chunks].map(([file, text]) => [file, parseChunk(file, text)]));
  const files = [...chunks.keys()].filter((file) => file !== MAIN).toSorted();
  const numbers = new Map(files.map((file, index) => [file, index]));
  const needed = (roots: readonly string[]): Set<string> => closure(roots, parsed);
  const table = (members: Iterable<string>): string => {
    const rows = [...members].map((file) =>
      `${numbers.get(file)}:${asFunction(file, parsed, numbers)}`
    );
    return `({${rows}})`;
  };
  // Modules are strict, scripts are so on demand.
  const script = (members: Iterable<string>): string => `"use strict";${table(members)}`;

  const inline = needed([MAIN]);
  const whole = new Map(
    plans.map(({ name, entries }) => [name, needed(entries.map((one) => entryFile(one, files)))]),
  );
  const members = plans.map(({ name, after = [] }) => {
    const open = [inline, ...after.map((other) => whole.get(other) ?? new Set<string>())];
    return [...whole.get(name) ?? []].filter((file) => !open.some((set) => set.has(file)));
  });
  const planned = new Set([...inline, ...members.flat()]);
  members.push(files.filter((file) => !planned.has(file)));
  inline.delete(MAIN);
  return {
    main: asStatements(MAIN, parsed, numbers),
    inline: table(inline),
    packs: [...plans, REST].map(({ name, form = "code" }, index) => ({
      name,
      script: script(members[index] ?? []),
      form,
    })),
    packOf: files.map((file) => members.findIndex((home) => home.includes(file))),
  };
}

/**
 * An ES module that imports no other file, as an expression whose value is what it exports.
 *
 * @throws {SyntaxError} for a module that is not written as the bundler writes them
 */
export function asExpression(file: string, text: string): string {
  const { imports, body, exports } = parseChunk(file, text);
  if (imports[0] !== undefined) {
    throw new SyntaxError(`Cannot link "${file}": it imports "${imports[0].from}"`);
  }
  return `(()=>{${body};return{${exported(exports)}}})()`;
}

/** The file of a source that is imported dynamically: the bundler adds a hash to its name. */
function entryFile(entry: string, files: readonly string[]): string {
  const found = files.filter((file) => /^(.*)-[A-Z0-9]{8}\.js$/.exec(file)?.[1] === entry);
  if (found[0] === undefined || found.length > 1) {
    throw new RangeError(`Cannot link: ${found.length} chunks are of "${entry}", 1 is wanted`);
  }
  return found[0];
}

/** Everything that files import statically, with themselves, in the order in which it runs. */
function closure(roots: readonly string[], parsed: ReadonlyMap<string, Chunk>): Set<string> {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      throw new RangeError(`Cannot link: chunks import each other: ${[...path, file].join(" → ")}`);
    }
    if (done.has(file)) return;
    const chunk = parsed.get(file);
    if (chunk === undefined) throw new RangeError(`Cannot link: there is no chunk "${file}"`);
    for (const { from } of chunk.imports) visit(from, [...path, file]);
    done.add(file);
  };
  for (const root of roots) visit(root, []);
  return done;
}

/** An ES module of the bundler's, taken apart. */
interface Chunk {
  /** What it imports statically; `names` as they stand in the braces. */
  readonly imports: readonly { readonly from: string; readonly names: string }[];
  readonly body: string;
  /** What stands in the braces of its `export`. */
  readonly exports: string;
}

const IMPORT = /^import(?:\{([^}]*)\}from)?"\.\/([^"]+)";/;
/** Comments with licenses follow the exports. */
const EXPORT = /export\{([^}]*)\};\s*(?:\/\*[^]*?\*\/\s*)*$/;

function parseChunk(file: string, text: string): Chunk {
  const imports: { from: string; names: string }[] = [];
  let rest = text;
  for (let found = IMPORT.exec(rest); found !== null; found = IMPORT.exec(rest)) {
    imports.push({ from: found[2] ?? "", names: found[1] ?? "" });
    rest = rest.slice(found[0].length);
  }
  const end = EXPORT.exec(rest);
  if (/^\s*import\b(?!\()/.test(rest) || (end === null && file !== MAIN)) {
    throw new SyntaxError(`Cannot link "${file}": it is not as deno bundle --minify writes chunks`);
  }
  if (/\$(need|load)\b/.test(text)) {
    throw new SyntaxError(
      `Cannot link "${file}": it has names that stand for imports, $need or $load`,
    );
  }
  return { imports, body: end === null ? rest : rest.slice(0, end.index), exports: end?.[1] ?? "" };
}

function asFunction(
  file: string,
  parsed: ReadonlyMap<string, Chunk>,
  numbers: ReadonlyMap<string, number>,
): string {
  const exports = exported(parsed.get(file)?.exports ?? "");
  return `function($need,$load){${asStatements(file, parsed, numbers)};return{${exports}}}`;
}

/** What stands in an `export`'s braces, as an object's. */
function exported(names: string): string {
  return split(names).map(([name, as]) => `${as}:${name}`).join();
}

function asStatements(
  file: string,
  parsed: ReadonlyMap<string, Chunk>,
  numbers: ReadonlyMap<string, number>,
): string {
  const { imports = [], body = "" } = parsed.get(file) ?? {};
  const bindings = imports.map(({ from, names }) => {
    const wanted = split(names).map(([name, as]) => `${name}:${as}`);
    return `${names === "" ? "" : `const{${wanted}}=`}$need(${numbers.get(from)});`;
  });
  const loads = body.replaceAll(/\bimport\("\.\/([^"]+)"\)/g, (whole, to: string) => {
    const number = numbers.get(to);
    return number === undefined ? whole : `$load(${number})`;
  });
  if (/\bimport\(["'`]\./.test(loads)) {
    throw new SyntaxError(`Cannot link "${file}": it imports a chunk that is not there`);
  }
  return bindings.join("") + loads;
}

/** `a as b,c` as pairs of a name and what it is called on the other side. */
function split(names: string): [name: string, as: string][] {
  return names.split(",").filter((one) => one.trim() !== "").map((one) => {
    const [name = "", as = name] = one.trim().split(/\s+as\s+/);
    return [name, as];
  });
}
