import { ConfigError } from "../config_error.ts";
import { findJsonFault } from "./json_fault.ts";
import { type Content, strictText } from "../../text/strict_text.ts";

/** Kubernetes keeps no ConfigMap above 1 MiB: a larger file is not Fluid's. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Fluid's files are 6 deep. A limit keeps every later walk over the value from overflowing. */
const MAX_DEPTH = 64;
/** Fluid's templates have encoded the JSON as a JSON string; nobody does it more than twice. */
const MAX_ENCODINGS = 3;

/** An object read from a file, and what was odd about the file. */
export interface LoadedJson {
  readonly value: Readonly<Record<string, unknown>>;
  /** The file holds more than one line of JSON, and only the first was taken. */
  readonly firstLineOnly: boolean;
}

/**
 * Reads one JSON object from a file's content, as tolerantly as the scripts before us: the object
 * may be encoded as a JSON string, and text after a complete first line is left aside.
 *
 * @param subject how errors name the file, such as `the runtime config "/etc/…/runtime.json"`
 * @throws {ConfigError} for anything else; its messages never show the file's content, which
 * may hold secrets
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * const bytes = new TextEncoder().encode('"{\\"mounts\\":[]}"');
 * assert.deepEqual(loadJson(bytes, "it").value, { mounts: [] });
 * ```
 */
export function loadJson(content: Content, subject: string): LoadedJson {
  if (content.length > MAX_BYTES) {
    throw fault(subject, "", `it has ${content.length} bytes; at most ${MAX_BYTES} are read`);
  }
  let whole = utf8Text(content, subject);
  let firstLineOnly = false;
  for (let encoding = 0; encoding < MAX_ENCODINGS; encoding++) {
    const text = whole.trim();
    if (text === "") throw fault(subject, "", "it is empty; a JSON object is wanted");
    const placeOf: PlaceOf = (offset) =>
      place(whole, whole.length - whole.trimStart().length + offset) +
      (encoding === 0 ? "" : " of the text in it");
    let value: unknown;
    try {
      value = parse(text, subject, placeOf);
    } catch (error) {
      const firstLine = (text.split("\n", 1)[0] ?? "").trim();
      if (firstLine === text || !/^[{"]/.test(firstLine)) throw error;
      try {
        value = parse(firstLine, subject, placeOf);
      } catch {
        // Text over several lines whose first is no JSON of its own: the fault is in the whole.
        throw error;
      }
      firstLineOnly = true;
    }
    if (typeof value === "string") {
      whole = value;
    } else if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { value: value as Record<string, unknown>, firstLineOnly };
    } else {
      throw fault(subject, "", `it holds ${nameOf(value)}; a JSON object is wanted`);
    }
  }
  throw fault(
    subject,
    "",
    `it is a JSON string inside ${MAX_ENCODINGS} others; an object is wanted`,
  );
}

/** A file's text. @throws {ConfigError} which says at which byte it is not UTF-8 */
export function utf8Text(content: Content, subject: string): string {
  try {
    return strictText(content);
  } catch (error) {
    if (typeof content === "string") throw error;
    const [first, second] = content;
    const utf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
    const hint = utf16 ? "it is UTF-16: save it as UTF-8" : "save it as UTF-8";
    throw fault(subject, `byte ${firstBadByte(content)}`, "it is not UTF-8", hint);
  }
}

/** @returns the offset, from 0, of the first byte that is not UTF-8, by halving. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      // As a stream, so that a character cut in two at the end does not count as bad.
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return good;
}

/** Tells a person where an offset into the parsed text lies in the file. */
type PlaceOf = (offset: number) => string;

function parse(text: string, subject: string, placeOf: PlaceOf): unknown {
  const deep = mayBeDeep(text) ? depthBeyond(text, MAX_DEPTH) : undefined;
  if (deep !== undefined) {
    throw fault(subject, placeOf(deep), `it is nested more than ${MAX_DEPTH} levels deep`);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own message quotes the text around the fault, which may be a secret.
    const { offset, wanted } = findJsonFault(text);
    const found = offset >= text.length ? "it ends" : `it is not JSON`;
    throw fault(subject, placeOf(offset), `${found} where ${wanted} is wanted`);
  }
}

/** Whether there are brackets enough for it: most files have not, and need no closer look. */
function mayBeDeep(text: string): boolean {
  return text.split("{").length + text.split("[").length - 2 > MAX_DEPTH;
}

/** @returns where the text opens one bracket too many, by looking at brackets outside strings. */
function depthBeyond(text: string, limit: number): number | undefined {
  let depth = 0;
  for (let offset = 0; offset < text.length; offset++) {
    const character = text[offset];
    if (character === '"') offset = endOfString(text, offset);
    else if (character === "[" || character === "{") {
      if (++depth > limit) return offset;
    } else if (character === "]" || character === "}") depth--;
  }
  return undefined;
}

/** Where the string that opens at `offset` closes: its last quote, or the text's end. */
function endOfString(text: string, offset: number): number {
  for (let at = offset + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function place(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return `line ${line}, column ${offset - before.lastIndexOf("\n")}`;
}

function nameOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
}

function fault(subject: string, path: string, message: string, hint?: string): ConfigError {
  return new ConfigError(subject, [{ path, message, ...(hint === undefined ? {} : { hint }) }]);
}
