import { SECRETS_FOLDER } from "../../plan/secrets.ts";
import { isObject } from "./shape.ts";
import { listAt, type Manifest, textAt, valueAt } from "./manifest.ts";
import type { Origins } from "./origins.ts";
import type { Place } from "./yaml_documents.ts";

/** The runtime config that Fluid would write, and the environment it would set. */
export interface HandedFile {
  readonly runtime: "cache" | "thin";
  /** The runtime's manifest. */
  readonly manifest: Manifest;
  /** Where it is mounted. */
  readonly path: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** Each component with its environment. */
  readonly components: readonly {
    readonly name: string;
    readonly env: Readonly<Record<string, string>>;
  }[];
  readonly origins: Origins;
}

/** Text by text. */
export type TextMap = Record<string, string>;

/**
 * Lays a manifest's options over weaker ones, and notes where each comes from.
 *
 * @param path the options' own place in the runtime config
 */
export function layOptions(
  onto: TextMap,
  path: string,
  manifest: Manifest | undefined,
  place: Place,
  origins: Origins,
): void {
  const options = manifest === undefined ? undefined : valueAt(manifest.document.value, place);
  if (manifest === undefined || !isObject(options)) return;
  for (const name of Object.keys(options)) {
    const text = textAt(options, [name]);
    if (text === undefined) continue;
    onto[name] = text;
    origins.add(`${path}.${name}`, manifest, [...place, name]);
  }
}

/** Lays a manifest's secret options over weaker ones: each becomes the path of a file. */
export function laySecrets(
  onto: TextMap,
  path: string,
  manifest: Manifest,
  place: Place,
  origins: Origins,
): void {
  listAt(manifest.document.value, place).forEach((entry, index) => {
    const name = textAt(entry, ["name"]);
    const secret = textAt(entry, ["valueFrom", "secretKeyRef", "name"]);
    const key = textAt(entry, ["valueFrom", "secretKeyRef", "key"]);
    if (name === undefined || secret === undefined || key === undefined) return;
    onto[name] = `${SECRETS_FOLDER}${secret}/${key}`;
    origins.add(`${path}.${name}`, manifest, [...place, index]);
  });
}

/** A container's variables, as far as their values are known. */
export function envOf(list: readonly unknown[]): TextMap {
  const env: TextMap = {};
  for (const entry of list) {
    const name = textAt(entry, ["name"]);
    const value = textAt(entry, ["value"]);
    if (name !== undefined && value !== undefined) env[name] = value;
  }
  return env;
}
