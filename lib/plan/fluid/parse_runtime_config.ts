import { ConfigError } from "../config_error.ts";
import type { Warning } from "../plan.ts";
import type { Content } from "../../text/strict_text.ts";
import { checkRuntimeFile } from "./check_runtime_file.ts";
import { withLines } from "./json_lines.ts";
import type { RuntimeConfig } from "./runtime_config.ts";
import { toRuntimeConfig } from "./to_runtime_config.ts";

/** A runtime config, and what is odd about its file. */
export interface ParsedConfig {
  readonly config: RuntimeConfig;
  /** Fields that Fluid does not write. */
  readonly warnings: readonly Warning[];
}

/**
 * Turns the JSON object of a runtime config file into typed data.
 *
 * @param subject how errors name the file
 * @param content the file's, for the lines of what is wrong
 * @throws {ConfigError} with every field that has a wrong type
 */
export function parseRuntimeConfig(
  value: Readonly<Record<string, unknown>>,
  subject: string,
  content: Content = "",
): ParsedConfig {
  const { file, problems, warnings } = checkRuntimeFile(value);
  if (file === undefined) throw new ConfigError(subject, withLines(content, problems));
  return { config: toRuntimeConfig(file), warnings };
}
