import { type CurvinePaths, curvinePaths } from "../curvine/paths.ts";
import { RETIRED_KEYS } from "../curvine/key_table.ts";
import { isTomlTable, type TomlTable, tomlTable, type TomlValue } from "../curvine/toml_value.ts";
import type { Detection } from "../detect_mode.ts";
import type { RuntimeConfig } from "../fluid/runtime_config.ts";
import type { Inputs } from "../inputs.ts";
import type { Component, Plan } from "../plan.ts";
import { readBase, sectionOf } from "./base_config.ts";
import { Findings } from "./findings.ts";

/**
 * One plan on its way: what it is made of, the configuration as it grows, and what was found. Every
 * step of generating takes it and adds its part.
 */
export class Generation extends Findings {
  /** The configuration that will be written. */
  readonly toml: TomlTable = tomlTable();
  /**
   * The dotted keys that options have set, for defaults that must not undo them, each with the
   * place of its option.
   */
  readonly asked = new Map<string, string>();
  readonly paths: CurvinePaths;

  /**
   * @param component whose plan it is
   * @param config `undefined` where there is no runtime config
   */
  constructor(
    readonly inputs: Inputs,
    readonly detection: Detection,
    readonly component: Component,
    readonly config: RuntimeConfig | undefined,
  ) {
    super();
    this.paths = curvinePaths(inputs.env);
  }

  get env(): Readonly<Record<string, string>> {
    return this.inputs.env;
  }

  /** Builds on what the image, or a person, has configured. */
  takeBase(): void {
    const { path, toml } = readBase(this.paths, this.inputs);
    Object.assign(this.toml, toml);
    const { fuse } = toml;
    for (const [key, value] of Object.entries(isTomlTable(fuse) ? fuse : {})) {
      // A text, such as "1s", is what newer builds read under the name of old.
      if (!Object.hasOwn(RETIRED_KEYS, key) || typeof value === "string") continue;
      this.warn(
        "retired-key",
        `fuse.${key} of the base configuration "${path}" is read by Curvine no longer; ` +
          `see fuse.${RETIRED_KEYS[key]}`,
        `fuse.${key}`,
      );
    }
  }

  /** A section of the configuration, made where it is missing. */
  section(name: string): TomlTable {
    return sectionOf(this.toml, name);
  }

  /** Sets a key only where neither the base nor an option has it. */
  setDefault(section: string, key: string, value: TomlValue): void {
    this.section(section)[key] ??= value;
  }

  /** A port of the configuration; reports a value that is none. */
  port(section: string, key: string): number {
    const table = this.toml[section];
    const port = isTomlTable(table) ? table[key] : undefined;
    if (typeof port === "number" && Number.isInteger(port) && port > 0 && port <= 65_535) {
      return port;
    }
    const shown = typeof port === "bigint" ? String(port) : JSON.stringify(port);
    this.problem(`${section}.${key}`, `is ${shown}; a port from 1 to 65535 is wanted`);
    return 0;
  }

  /** Where a key's value was written: at an option, or the key itself where none set it. */
  placeOf(key: string): string {
    return this.asked.get(key) ?? key;
  }

  /** The plan, once everything has been added. */
  plan(parts: Pick<Plan, "process" | "mount" | "formatMarker">): Plan {
    const { mode, reasons } = this.detection;
    return {
      mode,
      component: this.component,
      reasons,
      config: { path: this.paths.conf, toml: this.toml },
      process: parts.process,
      mount: parts.mount,
      warnings: this.warnings,
      ...(parts.formatMarker === undefined ? {} : { formatMarker: parts.formatMarker }),
    };
  }
}
