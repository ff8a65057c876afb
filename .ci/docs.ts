/**
 * Writes what documents show of the code: `docs/options.md`, the pictures of the flow
 * (`docs/flow.svg`) and of the supervisor's states (`docs/states.svg`), and the tables between
 * `<!-- table: NAME -->` and `<!-- end -->`; what is Chinese with the texts of `.ci/docs/zh` and
 * `.ci/pictures`. With `--check` it only says what is stale.
 */
import { COMMANDS } from "../lib/cli/command_table.ts";
import { ExitCode } from "../lib/ports/exit_code.ts";
import { EXIT_CODE_MEANINGS } from "../lib/tools/explain/exit_code_meanings.ts";
import { markdownTable } from "../lib/text/markdown_table.ts";
import {
  optionDocument,
  optionMarkdown,
  settingTable,
} from "../lib/tools/explain/option_document.ts";
import { settingRows } from "../lib/tools/explain/setting_rows.ts";
import { VARIABLES } from "../lib/tools/explain/variables.ts";
import { metrics } from "../lib/observe/metrics.ts";
import type { Snapshot } from "../lib/observe/snapshot.ts";
import { inChinese, type Texts } from "./docs/in_chinese.ts";
import optionTexts from "./docs/zh/options.json" with { type: "json" };
import tableTexts from "./docs/zh/tables.json" with { type: "json" };
import { flowFacts } from "./pictures/flow_facts.ts";
import { flowPicture } from "./pictures/flow_picture.ts";
import { FLOW_WORDS } from "./pictures/flow_words.ts";
import { statesPicture } from "./pictures/states_picture.ts";

/** Documents that have tables of the code in them; the second of each is Chinese. */
const WITH_TABLES = [
  ["README.md", "README.zh.md"],
  ["docs/operations.md", "docs/zh/operations.md"],
] as const;

const SNAPSHOT: Snapshot = {
  version: "0",
  state: "mounted",
  stateFor: 0,
  upFor: 0,
  target: "/t",
  pid: 1,
  mounted: true,
  ready: true,
  reason: undefined,
  restarts: { exit: 0 },
  takeovers: {},
  noTakeover: undefined,
  unserved: 0,
  lastRestart: undefined,
  lastRemount: 1,
  failures: 0,
  waiting: 0,
  reaped: 0,
  generation: 1,
  reloads: { hot: 0 },
  configProblem: undefined,
  droppedBytes: 0,
  lastErrors: [],
  lastLines: [],
};

/** The tables by name. */
export function tables(): Readonly<Record<string, string>> {
  return {
    commands: markdownTable(
      ["command", "does"],
      COMMANDS.map(({ name, summary }) => [code(name), summary]),
    ),
    "exit codes": markdownTable(
      ["code", "meaning"],
      Object.entries(ExitCode).map(([name, value]) => [
        String(value),
        EXIT_CODE_MEANINGS[name as keyof typeof ExitCode],
      ]),
    ),
    settings: settingTable(settingRows()),
    variables: markdownTable(
      ["variable", "meaning"],
      VARIABLES.map(({ names, meaning }) => [names.map(code).join(", "), meaning]),
    ),
    metrics: markdownTable(
      ["metric", "type", "meaning"],
      metricRows(metrics(SNAPSHOT)).map(([name, type, help]) => [code(name), type, help]),
    ),
  };
}

/** Name, type and help of every family, from the text that Prometheus gets. */
function metricRows(text: string): [name: string, type: string, help: string][] {
  const rows: [string, string, string][] = [];
  const types = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, kind, name = "", rest = ""] = /^# (TYPE|HELP) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === "TYPE") types.set(name, rest);
    if (kind !== "HELP") continue;
    const type = types.get(name) ?? "";
    const suffix = type === "counter" ? "_total" : type === "info" ? "_info" : "";
    const sample = new RegExp(`^${name}${suffix}\\{(.*)\\}`, "m").exec(text)?.[1];
    const labels = [...(sample ?? "").matchAll(/(\w+)="/g)].map(([, label]) => label);
    rows.push([
      `${name}${suffix}${labels.length === 0 ? "" : `{${labels.join(",")}}`}`,
      type,
      rest,
    ]);
  }
  return rows;
}

/** The Chinese texts, by the English ones. */
export function chineseTexts(): Texts {
  return { ...tableTexts, ...optionTexts };
}

/** Every generated text in Chinese: `docs/zh/options.md`, and the tables by name. */
export function chinese(texts: Texts): {
  readonly options: string;
  readonly tables: Readonly<Record<string, string>>;
  /** English texts that have no Chinese one: they stay English. */
  readonly missing: readonly string[];
  /** Chinese texts, by their English ones, that nothing shows any more. */
  readonly unused: readonly string[];
} {
  const options = inChinese(optionMarkdown(optionDocument(settingRows())), texts);
  const all = Object.entries(tables()).map(([name, table]) =>
    [name, inChinese(table, texts)] as const
  );
  const parts = [options, ...all.map(([, part]) => part)];
  const used = new Set(parts.flatMap((part) => part.used));
  return {
    options: options.markdown,
    tables: Object.fromEntries(all.map(([name, { markdown }]) => [name, markdown])),
    missing: [...new Set(parts.flatMap(({ missing }) => missing))],
    unused: Object.keys(texts).filter((text) => !used.has(text)),
  };
}

/** Every generated document as it should be, by path. */
export async function documents(root: string): Promise<Map<string, string>> {
  const { options, tables: chineseTables } = chinese(chineseTexts());
  const english = optionMarkdown(optionDocument(settingRows()));
  const starts = await flowFacts(root);
  const found = new Map([
    ["docs/options.md", withLink(english, "[中文](zh/options.md)")],
    ["docs/zh/options.md", withLink(options, "[English](../options.md)")],
    ["docs/states.svg", statesPicture()],
    ["docs/flow.svg", flowPicture(starts, FLOW_WORDS.en)],
    ["docs/zh/flow.svg", flowPicture(starts, FLOW_WORDS.zh)],
  ]);
  for (const pair of WITH_TABLES) {
    for (const [at, path] of pair.entries()) {
      const text = await Deno.readTextFile(`${root}/${path}`).catch(() => undefined);
      if (text === undefined) continue;
      found.set(path, withTables(text, at === 0 ? tables() : chineseTables, path));
    }
  }
  return found;
}

/** A document with the link to the other language below its title. */
function withLink(text: string, link: string): string {
  return text.replace("\n\n", `\n\n${link}\n\n`);
}

function withTables(
  text: string,
  all: Readonly<Record<string, string>>,
  path: string,
): string {
  return text.replace(
    /(<!-- table: ([^>]+) -->\n)[^]*?(<!-- end -->)/g,
    (_whole, begin: string, name: string, end: string) => {
      const table = all[name];
      if (table === undefined) throw new Error(`${path} wants the table "${name}": there is none`);
      return `${begin}\n${table}\n${end}`;
    },
  );
}

function code(text: string): string {
  return `\`${text}\``;
}

if (import.meta.main) {
  const root = new URL("..", import.meta.url).pathname;
  const onlyCheck = Deno.args.includes("--check");
  let stale = 0;
  for (const [path, wanted] of await documents(root)) {
    const found = await Deno.readTextFile(`${root}/${path}`).catch(() => "");
    if (found === wanted) continue;
    stale++;
    if (!onlyCheck) await Deno.writeTextFile(`${root}/${path}`, wanted);
    say(`${onlyCheck ? "stale" : "wrote"}: ${path}`);
  }
  const { missing } = chinese(chineseTexts());
  for (const text of missing) say(`no Chinese text in .ci/docs/zh: ${JSON.stringify(text)}`);
  if (missing.length > 0 || onlyCheck && stale > 0) Deno.exit(1);
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
