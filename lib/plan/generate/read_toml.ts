import { parse, TomlError } from "smol-toml";
import {
  TomlDate,
  TomlFloat,
  type TomlTable,
  tomlTable,
  type TomlValue,
} from "../curvine/toml_value.ts";
import { ConfigError } from "../config_error.ts";

/** Deeper than any configuration of Curvine; a limit keeps walks over it from overflowing. */
const MAX_DEPTH = 64;

/**
 * A configuration's text as our own values.
 *
 * @param subject whose text it is, for the error
 * @throws {ConfigError} when it is no TOML, or holds what TOML cannot
 */
export function readToml(text: string, subject: string): TomlTable {
  const fail = (message: string, path = ""): never => {
    throw new ConfigError(subject, [{ path, message }]);
  };
  try {
    return convertTable(parse(text, { integersAsBigInt: true }), 0, fail);
  } catch (error) {
    if (error instanceof RangeError) return fail(TOO_DEEP);
    if (!(error instanceof TomlError)) throw error;
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
