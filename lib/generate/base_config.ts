import { ConfigError } from "../fluid/config_error.ts";
import type { CurvinePaths } from "../curvine/paths.ts";
import {
  isTomlTable,
  TomlDate,
  TomlFloat,
  type TomlTable,
  tomlTable,
  type TomlValue,
} from "../curvine/toml_value.ts";
import { type Content, strictText } from "../fluid/strict_text.ts";
import type { Inputs } from "./inputs.ts";

/** The first line of what we write: a file with it is never taken as a base. */
export const WRITTEN_BY_US = "# Written by curvine-fluid at every start: changes here are lost.";

/** The configuration that a start builds on. */
export interface BaseConfig {
  /** Where it was read, `undefined` where there is none. */
  readonly path: string | undefined;
  readonly toml: TomlTable;
}

/** Whether a configuration file's text was written by us. */
export function isWrittenByUs(text: string): boolean {
  return text.startsWith("# Written by curvine-fluid");
}

/**
 * Reads the base: the file at `conf` unless we wrote it, then what lay there before we did, then
 * the image's own file.
 *
 * @throws {ConfigError} for a base that is no TOML: starting without it would lose its settings
 */
export async function readBase(paths: CurvinePaths, inputs: Inputs): Promise<BaseConfig> {
  for (const path of [paths.conf, paths.savedBase, paths.imageConf]) {
    const subject = `the base configuration ${JSON.stringify(path)}`;
    const content = read(path, subject, inputs);
    if (content === undefined) continue;
    const text = decode(content, subject);
    // An empty file is what a power cut may leave of one that we were writing.
    if (isWrittenByUs(text) || text.trim() === "") continue;
    return { path, toml: await parse(text, subject) };
  }
  return { path: undefined, toml: tomlTable() };
}

function read(path: string, subject: string, inputs: Inputs): Content | undefined {
  try {
    return inputs.readFile(path);
  } catch (error) {
    const message = `cannot be read: ${error instanceof Error ? error.message : error}`;
    throw new ConfigError(subject, [{ path: "", message }]);
  }
}

function decode(content: Content, subject: string): string {
  try {
    return strictText(content);
  } catch {
    throw new ConfigError(subject, [{
      path: "",
      message: "it is not UTF-8",
      hint: "save it as UTF-8",
    }]);
  }
}

/** Deeper than any configuration of Curvine; a limit keeps walks over it from overflowing. */
const MAX_DEPTH = 64;

/** Parses TOML; the library is loaded only when there is something to parse. */
async function parse(text: string, subject: string): Promise<TomlTable> {
  const toml = await import("smol-toml");
  const fail = (message: string, path = ""): never => {
    throw new ConfigError(subject, [{ path, message }]);
  };
  try {
    return convertTable(toml.parse(text, { integersAsBigInt: true }), 0, fail);
  } catch (error) {
    if (error instanceof RangeError) return fail(TOO_DEEP);
    if (!(error instanceof toml.TomlError)) throw error;
    // The library's message shows the lines around the fault, which may hold a secret.
    const [summary = ""] = error.message.split("\n");
    return fail(
      summary.replace(/^Invalid TOML document: /, "it is not TOML: "),
      `line ${error.line}, column ${error.column}`,
    );
  }
}

const TOO_DEEP = `it is nested more than ${MAX_DEPTH} levels deep`;

type Fail = (message: string) => never;

function convertTable(from: object, depth: number, fail: Fail): TomlTable {
  return tomlTable(
    Object.entries(from).map(([key, value]) => [key, convert(value, depth + 1, fail)]),
  );
}

/** Every integer arrives as a bigint, so that `1.0` stays a float. */
function convert(value: unknown, depth: number, fail: Fail): TomlValue {
  if (depth > MAX_DEPTH) fail(TOO_DEEP);
  if (typeof value === "bigint") {
    if (BigInt.asIntN(64, value) !== value) {
      fail(`it holds the integer ${String(value).slice(0, 30)}; TOML's have 64 bits`);
    }
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  if (typeof value === "number") return new TomlFloat(value);
  if (value instanceof Date) return new TomlDate(value.toISOString());
  if (Array.isArray(value)) return value.map((one) => convert(one, depth + 1, fail));
  return typeof value === "object" && value !== null
    ? convertTable(value, depth, fail)
    : value as TomlValue;
}

/** A section of the configuration, made where it is missing. */
export function section(toml: TomlTable, name: string): TomlTable {
  const found = toml[name];
  if (found === undefined) return toml[name] = tomlTable();
  if (isTomlTable(found)) return found;
  throw new ConfigError("the base configuration", [{
    path: name,
    message: "is a plain value; a section is wanted",
    hint: `write [${name}]`,
  }]);
}

/** Sets a key only where the base has none. */
export function setDefault(table: TomlTable, key: string, value: TomlValue): void {
  table[key] ??= value;
}
