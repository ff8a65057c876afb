import { constructFromEvents, EVENT_ID, parseEvents, YAMLException } from "js-yaml";
import { ConfigError } from "../../plan/config_error.ts";

/** A place in a document: field names and indices. */
export type Place = readonly (string | number)[];

/** One document of a YAML file. */
export interface YamlDocument {
  readonly file: string;
  readonly value: unknown;
  /** The line, from 1, at which a place or the nearest one around it stands. */
  lineOf(place: Place): number;
}

/** Kubernetes keeps no object above 1.5 MiB; a file may have many. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

/**
 * Reads a YAML file of one or more documents, as `kubectl` would.
 *
 * @throws {ConfigError} for what is no YAML, with the line
 */
export function yamlDocuments(text: string, file: string): YamlDocument[] {
  const subject = `the manifest ${JSON.stringify(file)}`;
  if (text.length > MAX_CHARACTERS) {
    throw new ConfigError(subject, [{
      path: "",
      message: `it has ${text.length} characters; at most ${MAX_CHARACTERS} are read`,
    }]);
  }
  try {
    const events = parseEvents(text, { maxDepth: 100 });
    const values = constructFromEvents(events, { source: text, maxAliases: 1000 });
    const lines = linesOfDocuments(events, text);
    return values.flatMap((value, index) =>
      // An empty document is what a `---` too many makes.
      value === null || value === undefined ? [] : [{
        file,
        value,
        lineOf: (place: Place): number => nearestLine(lines[index] ?? new Map(), place),
      }]
    );
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    // The library's whole message shows the lines around the fault, which may hold a secret.
    const { line = 0, column = 0 } = error.mark ?? {};
    throw new ConfigError(subject, [{
      path: `line ${line + 1}, column ${column + 1}`,
      message: `it is not YAML: ${error.reason}`,
    }]);
  }
}

type Events = ReturnType<typeof parseEvents>;

/** For each document, the line of every place, by the place's JSON. */
function linesOfDocuments(events: Events, text: string): Map<string, number>[] {
  const starts = lineStarts(text);
  const documents: Map<string, number>[] = [];
  /** The collections that are open: their place, and what comes next in them. */
  const open: { place: Place; mapping: boolean; next: number; key: string | undefined }[] = [];
  const enter = (offset: number): Place | undefined => {
    const parent = open.at(-1);
    if (parent === undefined || documents.length === 0) return [];
    if (parent.mapping && parent.key === undefined) return undefined;
    const place = [...parent.place, parent.mapping ? parent.key ?? "" : parent.next++];
    if (parent.mapping) parent.key = undefined;
    // A mapping's own line is its key's, which is known already.
    if (!parent.mapping) note(place, offset);
    return place;
  };
  const note = (place: Place, offset: number): void => {
    documents.at(-1)?.set(JSON.stringify(place), lineAt(starts, offset));
  };
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        documents.push(new Map());
        open.push({ place: [], mapping: false, next: 0, key: undefined });
        break;
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE: {
        const root = open.length === 1;
        const place = root ? [] : enter(event.start) ?? [];
        if (root) note([], event.start);
        const mapping = event.type === EVENT_ID.MAPPING;
        open.push({ place, mapping, next: 0, key: undefined });
        break;
      }
      case EVENT_ID.SCALAR: {
        const parent = open.at(-1);
        if (parent?.mapping && parent.key === undefined) {
          parent.key = text.slice(event.valueStart, event.valueEnd);
          note([...parent.place, parent.key], event.valueStart);
        } else if (open.length > 1) enter(event.valueStart);
        break;
      }
      case EVENT_ID.ALIAS:
        if (open.length > 1) enter(0);
        break;
      case EVENT_ID.POP:
        open.pop();
        break;
    }
  }
  return documents;
}

function nearestLine(lines: ReadonlyMap<string, number>, place: Place): number {
  for (let length = place.length; length >= 0; length--) {
    const line = lines.get(JSON.stringify(place.slice(0, length)));
    if (line !== undefined) return line;
  }
  return 1;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The line, from 1, of an offset, by halving. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? Infinity) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
