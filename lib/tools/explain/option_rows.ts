import { keyDoc, presetText } from "../../plan/curvine/key_docs.ts";
import {
  CURVINE_KEYS,
  INNER_SECTIONS,
  type Key,
  lookUpKey,
  type SectionName,
} from "../../plan/curvine/key_table.ts";
import { type OptionScope, optionTarget } from "../../plan/generate/option_target.ts";

/** One key of Curvine's as an option, with all that is known of it. */
export interface OptionRow {
  /** The name that works in every component's options, such as `fuse.io_threads`. */
  readonly option: string;
  readonly section: SectionName;
  readonly key: string;
  /** In whose options the short name is enough: the key alone, for tables inside sections `log.<key>`. */
  readonly bareIn: readonly OptionScope[];
  readonly type: string;
  /** As an option would have it; empty where Curvine has no fixed one. */
  readonly default: string;
  readonly example: string;
  readonly summary: string;
  /** The Curvine version that reads it, and the name that older builds read. */
  readonly since: string;
}

const SCOPES: readonly OptionScope[] = ["master", "worker", "client", "thin"];

/** Where each section's keys are of use, in words. */
export const SECTION_NOTES: Readonly<Record<SectionName, string>> = {
  "": "above all sections",
  master: "the masters",
  journal: "the masters' journal (raft)",
  worker: "the workers",
  client: "every client of a cluster: FUSE, cv, and the servers themselves",
  fuse: "curvine-fuse",
  job: "loads and exports that the masters run",
  transfer: "the transfer service",
  compatibility: "which versions may take part; for masters and workers",
  log: "a component's log; elsewhere master.log.level, fuse.log.level, …",
};

/** Every key that Curvine reads, in the order of the file's sections. */
export function optionRows(): OptionRow[] {
  return (Object.keys(CURVINE_KEYS) as SectionName[]).flatMap((section) =>
    Object.entries<Key>(CURVINE_KEYS[section]).map(([key, [type, preset]]) => ({
      option: nameOf(section, key),
      section,
      key,
      bareIn: SCOPES.filter((scope) => meansIt(scope, section, key)),
      type,
      default: presetText(type, preset),
      ...keyDoc(section, key),
    }))
  );
}

function nameOf(section: SectionName, key: string): string {
  return section === "" ? key : `${section}.${key}`;
}

/** Whether the short name, among a component's options, sets this key. */
function meansIt(scope: OptionScope, section: SectionName, key: string): boolean {
  if (INNER_SECTIONS.includes(section)) {
    const target = optionTarget(scope, `${section}.${key}`);
    return target !== undefined && lookUpKey(target.section, target.path) !== undefined;
  }
  const target = optionTarget(scope, key);
  return target?.section === section && target.path.join(".") === key;
}
