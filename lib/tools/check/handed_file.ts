import { tidyPath } from "../../mount/mount_path.ts";
import { SECRETS_FOLDER } from "../../plan/secrets.ts";
import { listAt, type Manifest, textAt, valueAt } from "./manifest.ts";
import type { Origins } from "./origins.ts";
import { isObject } from "./shape.ts";
import type { Place } from "./yaml_documents.ts";

/** The runtime config that Fluid would write, and the environment it would set. */
export interface HandedFile {
  readonly runtime: "cache" | "thin";
  /** The runtime's manifest. */
  readonly manifest: Manifest;
  /** Where it is mounted. */
  readonly path: string;
  /** As Fluid's Go code writes it: what is empty is left out, maps are sorted by name. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Each component with its environment. */
  readonly components: readonly HandedComponent[];
  readonly origins: Origins;
  /** Why Fluid writes no file at all: it fails, or dies, before. */
  readonly refusals: readonly Refusal[];
}

/** A component with the variables that its container starts with. */
export interface HandedComponent {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Variables whose values no manifest tells, such as those of a secret. */
  readonly unknown: ReadonlySet<string>;
}

/** Something in a manifest that keeps Fluid from writing the file. */
export interface Refusal {
  readonly manifest: Manifest;
  readonly place: Place;
  readonly message: string;
  readonly hint?: string;
}

/** Text by text; no plain object, for `__proto__` is a name like any other. */
export type TextMap = Map<string, string>;

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
  origins.add(path, manifest, place);
  for (const name of Object.keys(options)) {
    const text = textAt(options, [name]);
    if (text === undefined) continue;
    onto.set(name, text);
    origins.add(`${path}.${name}`, manifest, [...place, name]);
  }
}

/**
 * Lays a manifest's secret options over weaker ones: each becomes the path of a file. An absent
 * name or key counts as empty, as it does in Go.
 *
 * @param clean whether Fluid cleans the path, as it does for a ThinRuntime alone
 */
export function laySecrets(
  onto: TextMap,
  path: string,
  manifest: Manifest,
  place: Place,
  origins: Origins,
  { clean }: { readonly clean: boolean },
): void {
  listAt(manifest.document.value, place).forEach((entry, index) => {
    const name = textAt(entry, ["name"]) ?? "";
    const secret = textAt(entry, ["valueFrom", "secretKeyRef", "name"]) ?? "";
    const key = textAt(entry, ["valueFrom", "secretKeyRef", "key"]) ?? "";
    const file = `${SECRETS_FOLDER}${secret}/${key}`;
    onto.set(name, clean ? tidyPath(file) : file);
    origins.add(`${path}.${name}`, manifest, [...place, index]);
  });
}

/** A map sorted by name, or nothing where it is empty: so Go writes `omitempty`. */
export function sortedOrAbsent(name: string, map: TextMap): Record<string, unknown> {
  const entries = [...map].sort(([one], [other]) => one < other ? -1 : 1);
  return entries.length === 0 ? {} : { [name]: Object.fromEntries(entries) };
}

/** A field, or nothing where its value is Go's zero value. */
export function field(name: string, value: unknown): Record<string, unknown> {
  const empty = value === undefined || value === null || value === "" || value === false ||
    value === 0 || Array.isArray(value) && value.length === 0;
  return empty ? {} : { [name]: value };
}
