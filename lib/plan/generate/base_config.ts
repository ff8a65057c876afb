import { ConfigError } from "../config_error.ts";
import type { CurvinePaths } from "../curvine/paths.ts";
import { isTomlTable, type TomlTable, tomlTable } from "../curvine/toml_value.ts";
import { type Content, strictText } from "../../text/strict_text.ts";
import type { Inputs } from "../inputs.ts";
import { reasonOf } from "../../text/describe_error.ts";
import { readToml } from "./read_toml.ts";

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
export function readBase(
  paths: CurvinePaths,
  inputs: Pick<Inputs, "readFile">,
): BaseConfig {
  for (const path of [paths.conf, paths.savedBase, paths.imageConf]) {
    const subject = `the base configuration ${JSON.stringify(path)}`;
    const content = read(path, subject, inputs);
    if (content === undefined) continue;
    const text = decode(content, subject);
    // An empty file is what a power cut may leave of one that we were writing.
    if (isWrittenByUs(text) || text.trim() === "") continue;
    return { path, toml: readToml(text, subject) };
  }
  return { path: undefined, toml: tomlTable() };
}

function read(
  path: string,
  subject: string,
  { readFile }: Pick<Inputs, "readFile">,
): Content | undefined {
  try {
    return readFile(path);
  } catch (error) {
    const message = `cannot be read: ${reasonOf(error)}`;
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

/** A section of the configuration, made where it is missing. */
export function sectionOf(toml: TomlTable, name: string): TomlTable {
  const found = toml[name];
  if (found === undefined) return toml[name] = tomlTable();
  if (isTomlTable(found)) return found;
  throw new ConfigError("the base configuration", [{
    path: name,
    message: "is a plain value; a section is wanted",
    hint: `write [${name}]`,
  }]);
}
