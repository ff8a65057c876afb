import { type Section, SECTION_NAMES, sectionKeys, type SectionName } from "./key_table.ts";

export {
  type Key,
  type KeyKnowledge,
  type KeyType,
  lookUpKey,
  type Section,
  sectionKeys,
  type SectionName,
} from "./key_table.ts";

/** All keys of all sections, in the order of the file: for documents, which tell of every key. */
export const CURVINE_KEYS = Object.fromEntries(
  SECTION_NAMES.map((name) => [name, sectionKeys(name)]),
) as Readonly<Record<SectionName, Section>>;
