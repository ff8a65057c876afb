import { FS_MODE_RISK } from "../../plan/curvine/mount_option.ts";
import { DATASET_OPTIONS, type SpecialOption, THIN_OPTIONS } from "./dataset_options.ts";
import { markdownTable } from "../../text/markdown_table.ts";
import { type OptionRow, optionRows, SECTION_NOTES } from "./option_rows.ts";
import type { SettingRow } from "./setting_rows.ts";

/** Everything that can be set, for showing. */
export interface OptionDocument {
  /** `CURVINE_FLUID_*`, our own. */
  readonly settings: readonly SettingRow[];
  /** Of a Dataset's mount, in a CacheRuntime. */
  readonly dataset: readonly SpecialOption[];
  /** Of a ThinRuntime only. */
  readonly thin: readonly SpecialOption[];
  /** Keys of Curvine's file. */
  readonly curvine: readonly OptionRow[];
}

/** All of it, or only what has every one of these words in its name or meaning. */
export function optionDocument(
  settings: readonly SettingRow[],
  words: readonly string[] = [],
): OptionDocument {
  const has = (...texts: string[]): boolean => {
    const text = texts.join(" ").toLowerCase();
    return words.every((word) => text.includes(word.toLowerCase()));
  };
  const special = (option: SpecialOption): boolean =>
    has(option.name, option.becomes, option.summary);
  return {
    settings: settings.filter(({ variable, flag, summary }) => has(variable, flag, summary)),
    dataset: DATASET_OPTIONS.filter(special),
    thin: THIN_OPTIONS.filter(special),
    curvine: optionRows().filter(({ option, summary }) => has(option, summary)),
  };
}

/** For a terminal: two lines for each, within 80 columns. */
export function optionText(document: OptionDocument): string {
  const { settings, dataset, thin, curvine } = document;
  const parts: string[] = [];
  const part = (title: string, rows: readonly (readonly [string, string])[]): void => {
    if (rows.length === 0) return;
    parts.push([title, ...rows.map(([head, summary]) => `  ${head}\n      ${summary}`)].join("\n"));
  };
  part(
    "Settings of our own: environment variables, and flags of run",
    settings.map((row) => [
      `${row.variable}${row.default === "" ? "" : ` = ${row.default}`}`,
      row.summary,
    ]),
  );
  const specials = (options: readonly SpecialOption[]): [string, string][] =>
    options.map(({ name, becomes, type, summary }) => [
      `${name}  ${type}  → ${becomes}`,
      summary,
    ]);
  part("Options of a Dataset's mount, in a CacheRuntime", specials(dataset));
  part("Options of a ThinRuntime alone", specials(thin));
  for (const [section, rows] of bySection(curvine)) {
    part(
      `[${section || "top"}] ${SECTION_NOTES[section]}`,
      rows.map((row) => [
        `${row.option}  ${row.type}${row.default === "" ? "" : ` = ${row.default}`}`,
        row.summary,
      ]),
    );
  }
  return parts.length === 0 ? "" : `${parts.join("\n\n")}\n`;
}

/** For the documents. */
export function optionMarkdown({ settings, dataset, thin, curvine }: OptionDocument): string {
  return [
    "# Options",
    paragraph("Written by `curvine-fluid options --format markdown`; a test keeps it current."),
    "## Settings of our own",
    paragraph(
      "Environment variables, and flags of `run` of the same name. A bare number is seconds; " +
        "`250ms`, `25s` and `5m` work.",
    ),
    settingTable(settings),
    "## Options of a Dataset's mount",
    paragraph(
      "In a CacheRuntime: `Dataset.spec.mounts[].options`, `encryptOptions` or `sharedOptions`. " +
        "`mount-ufs` hands them to `cv mount`. Names with a dot, such as `s3.endpoint_url` or " +
        "`oss.region`, pass as they are; `_` and `-` mean the same. A value that `cv mount` does " +
        "not take, and mounts that Curvine refuses, are told before anything is mounted.",
    ),
    specialTable(dataset),
    paragraph(
      "Without `write-type` a mount is in `cache_mode`: Curvine caches, the bucket leads, and " +
        `reading leaves it as it is. ${FS_MODE_RISK}. ` +
        "[mounting.md](mounting.md) has the whole of it.",
    ),
    "## Options of a ThinRuntime alone",
    paragraph(
      "In `ThinRuntime.spec.fuse.options`, or in the mount's own `options`, which are stronger. " +
        "The keys of `[fuse]` and `[client]` are options too.",
    ),
    specialTable(thin),
    "## Keys of Curvine",
    paragraph(
      "In `CacheRuntime.spec.{master,worker,client}.options` (weaker: `spec.options`, and " +
        "`topology.*.options` of the class), and in a ThinRuntime's options. The full name works " +
        "in every component's options; _short in_ says where the part behind the dot is enough, " +
        "or for `log` the name as it stands. `_` and `-` mean the same. A value may name a file " +
        "below `/etc/fluid/secrets/`: its content is taken, and never shown. An unknown key is " +
        "kept, with a warning.",
    ),
    paragraph(
      "_since_ is the Curvine version whose source was read; nothing is said of older ones.",
    ),
    ...bySection(curvine).flatMap(([section, rows]) => [
      `### ${section === "" ? SECTION_NOTES[""] : `[${section}]: ${SECTION_NOTES[section]}`}`,
      markdownTable(
        ["option", "type", "default", "example", "meaning", "short in", "since"],
        rows.map((row) => [
          code(row.option),
          row.type,
          code(row.default),
          code(row.example),
          row.summary,
          row.bareIn.join(", "),
          row.since,
        ]),
      ),
    ]),
  ].map((part) => part.trimEnd()).join("\n\n") + "\n";
}

/** Text in lines of at most 100 columns, as `deno fmt` has it. */
function paragraph(text: string): string {
  let line = "";
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > 100) {
      lines.push(line);
      line = word;
    } else line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line].join("\n");
}

/** The settings as a Markdown table, which the README has too. */
export function settingTable(settings: readonly SettingRow[]): string {
  return markdownTable(
    ["variable", "flag of `run`", "default", "meaning"],
    settings.map(({ variable, flag, value, default: preset, summary }) => [
      code(variable),
      code(`--${flag} ${value}`),
      code(preset),
      summary,
    ]),
  );
}

function specialTable(options: readonly SpecialOption[]): string {
  return markdownTable(
    ["option", "type", "becomes", "example", "meaning"],
    options.map(({ name, type, becomes, example, summary }) => [
      code(name),
      type,
      code(becomes),
      code(example),
      summary,
    ]),
  );
}

function bySection(rows: readonly OptionRow[]): [OptionRow["section"], OptionRow[]][] {
  return [...Map.groupBy(rows, (row) => row.section)];
}

function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}
