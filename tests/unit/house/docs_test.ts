import assert from "node:assert/strict";
import { chinese, chineseTexts, documents, tables } from "../../../.ci/docs.ts";
import { flowFacts } from "../../../.ci/pictures/flow_facts.ts";
import { flowPicture, PLACES, placesOf } from "../../../.ci/pictures/flow_picture.ts";
import { FLOW_WORDS } from "../../../.ci/pictures/flow_words.ts";
import { edgesOfMachine } from "../../../.ci/pictures/state_edges.ts";
import { statesPicture } from "../../../.ci/pictures/states_picture.ts";
import { widthOf } from "../../../.ci/pictures/svg.ts";
import { COMMANDS } from "../../../lib/cli/command_table.ts";
import { ExitCode } from "../../../lib/ports/exit_code.ts";
import { programHelp } from "../../../lib/cli/help_text.ts";
import { VARIABLES } from "../../../lib/tools/explain/variables.ts";
import { transition } from "../../../lib/supervise/machine.ts";
import { headingAnchors } from "../../support/markdown.ts";
import { EVENTS, LIMITS, STATES } from "../supervise/sample_states.ts";
import { settingSpecs } from "../../../lib/plan/settings.ts";

const ROOT = new URL("../../..", import.meta.url).pathname;

Deno.test("every generated table and document is what the code says (deno task docs)", async () => {
  for (const [path, wanted] of await documents(ROOT)) {
    assert.equal(await Deno.readTextFile(`${ROOT}/${path}`), wanted, `${path}: deno task docs`);
  }
});

Deno.test("the READMEs have the tables of commands, settings, variables, exit codes, metrics", async () => {
  for (const path of ["README.md", "README.zh.md"]) {
    const text = await Deno.readTextFile(`${ROOT}/${path}`);
    for (const name of Object.keys(tables())) {
      assert(text.includes(`<!-- table: ${name} -->`), `${path} lacks the table "${name}"`);
    }
  }
});

Deno.test("every generated text has its Chinese one in .ci/docs/zh, and there is none too many", () => {
  const { missing, unused } = chinese(chineseTexts());
  assert.deepEqual({ missing, unused }, { missing: [], unused: [] });
});

Deno.test("a text without a Chinese one stays as it is, and is named", () => {
  const { "Print the version": _, ...texts } = chineseTexts();
  const { missing, unused, tables: { commands = "" } } = chinese({ ...texts, "Gone": "没有了" });
  assert.deepEqual([missing, unused], [["Print the version"], ["Gone"]]);
  assert(commands.includes("Print the version") && commands.includes("显示 run 会做什么"));
});

Deno.test("the documented variables are those that the code reads", async () => {
  const read = new Set<string>();
  for await (const text of sources(`${ROOT}/lib`)) {
    for (const [, name = ""] of text.matchAll(/\benv(?:\[|\.get\()"([A-Z][A-Z0-9_]+)"/g)) {
      read.add(name);
    }
    for (const [, name = ""] of text.matchAll(/"((?:CURVINE|FLUID|POD|ORPC)_[A-Z0-9_]+)"/g)) {
      read.add(name);
    }
  }
  const documented = new Set(VARIABLES.flatMap(({ names }) => names));
  const settings = Object.values(settingSpecs()).map(({ variable }) => variable);
  const ours = [...read].filter((name) =>
    !documented.has(name) && !settings.includes(name) && !INTERNAL.includes(name)
  );
  assert.deepEqual(ours, [], "read by the code, but in no document");
  const made = ["CURVINE_IO_THREADS", "CURVINE_…"];
  const gone = [...documented].filter((name) => !read.has(name) && !made.includes(name));
  assert.deepEqual(gone, [], "documented, but read by nobody");
});

/** Set by ourselves for ourselves, or every program's own. */
const INTERNAL = [
  "CURVINE_FLUID_DAEMON",
  "CURVINE_FLUID_SIMULATION",
  "CURVINE_FLUID_STAND_IN",
  "CURVINE_FLUID_STAND_IN_BINDFS",
  "CURVINE_FLUID_STAND_IN_SHOWS",
  "HOME",
  "NO_COLOR",
  "PATH",
  "PWD",
  "TERM",
];

Deno.test("the help names every exit code of ours", () => {
  const text = programHelp();
  const shells: number[] = [ExitCode.CannotExecute, ExitCode.CommandNotFound];
  for (const code of Object.values(ExitCode).filter((one) => !shells.includes(one))) {
    assert.match(text, new RegExp(`\\b${code}\\s\\w`));
  }
});

Deno.test("every command has an example, and its examples name it or its words", () => {
  for (const { name, examples } of COMMANDS) {
    assert(examples.length > 0, name);
    for (const [line] of examples) assert.match(line, /curvine-fluid/, name);
  }
});

Deno.test("links between the documents lead to files and headings", async () => {
  let count = 0;
  for (const path of [...await markdown(""), ...await markdown("docs/")]) {
    const text = (await Deno.readTextFile(`${ROOT}/${path}`))
      .replaceAll(/^\s*```[\s\S]*?^\s*```$|`[^`\n]*`/gm, "");
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    for (
      const [, target = "", heading] of text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)
    ) {
      count++;
      const file = target === "" ? path : `${folder}${target}`;
      await Deno.stat(`${ROOT}/${file}`).catch(() => {
        throw new Error(`${path} links to ${target}, which does not exist`);
      });
      if (heading === undefined) continue;
      const anchors = headingAnchors(await Deno.readTextFile(`${ROOT}/${file}`));
      assert(anchors.includes(heading), `${path} links to ${target}#${heading}: no such heading`);
    }
  }
  assert(count > 30, `found only ${count} links`);
});

Deno.test("the picture of the states shows every transition of the table's test, in both themes", () => {
  const edges = edgesOfMachine();
  for (const state of Object.values(STATES)) {
    for (const event of Object.values(EVENTS)) {
      const to = transition(state, event, LIMITS).state.name;
      // A sample may be a state that no way leads to; its edge is then another one's too.
      const edge = edges.find((one) => one.from === state.name && one.to === to);
      if (to !== state.name) assert(edge?.events.includes(event.name), `${event.name} to ${to}`);
    }
  }
  const svg = statesPicture(edges);
  for (const { from, to, events } of edges) {
    for (const name of [from, to]) assert(svg.includes(`>${name}</text>`), name);
    for (const name of events) assert.match(svg, new RegExp(`[> ]${name}[,<]`), name);
  }
  assert.match(svg, /prefers-color-scheme: dark/);
});

Deno.test("the picture of the flow has every command, mode, component and daemon, in both languages", async () => {
  const starts = await flowFacts(ROOT);
  const components = new Set(starts.map(({ plan }) => plan.component));
  assert.deepEqual([...components].toSorted(), ["client", "fuse", "master", "transfer", "worker"]);
  for (const words of Object.values(FLOW_WORDS)) {
    const svg = flowPicture(starts, words);
    const shown = textsOf(svg).flatMap(({ content }) => content.split(" · "));
    for (const { name } of COMMANDS) assert(shown.includes(name), name);
    for (const { plan, reads } of starts) {
      const daemon = plan.process.argv[0]?.split("/").at(-1) ?? "";
      for (const name of [plan.mode, plan.component, ...(reads === undefined ? [] : [reads])]) {
        assert(shown.includes(name), name);
      }
      assert(shown.some((one) => one.split(" ")[0] === daemon), daemon);
    }
    assert.match(svg, /prefers-color-scheme: dark/);
  }
});

Deno.test("a new command without a place in the flow's picture is an error that names it", () => {
  assert.throws(() => placesOf(["run", "dance"]), /"dance" has no place/);
  const gone = Object.keys(PLACES).filter((name) => !COMMANDS.some((one) => one.name === name));
  assert.deepEqual(gone, [], "in the picture's table, but no command");
});

Deno.test("in the pictures no text leaves the paper or lies over another", async () => {
  const starts = await flowFacts(ROOT);
  const pictures = [
    statesPicture(),
    ...Object.values(FLOW_WORDS).map((w) => flowPicture(starts, w)),
  ];
  for (const svg of pictures) {
    const [, width = "", height = ""] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
    const texts = textsOf(svg);
    assert(texts.length > 30);
    for (const [index, one] of texts.entries()) {
      const inside = one.left >= 0 && one.right <= Number(width) && one.y <= Number(height) - 4;
      assert(inside, `"${one.content}" leaves the paper`);
      for (const other of texts.slice(index + 1)) {
        const apart = one.right <= other.left || other.right <= one.left ||
          Math.abs(one.y - other.y) >= 13;
        assert(apart, `"${one.content}" lies over "${other.content}"`);
      }
    }
  }
});

/** The texts of a picture and where they are, as wide as its own measure says. */
function textsOf(svg: string): { content: string; left: number; right: number; y: number }[] {
  return [...svg.matchAll(/<text(?: class="([^"]*)")? x="([\d.]+)" y="([\d.]+)">([^<]*)</g)].map(
    ([, look = "", x = "", y = "", content = ""]) => {
      const width = widthOf(content, look.includes("name") ? 14 : 13);
      const part = /\bstart\b/.test(look) ? 0 : /\bend\b/.test(look) ? 1 : 0.5;
      const left = Number(x) - width * part;
      return { content, left, right: left + width, y: Number(y) };
    },
  );
}

Deno.test("what CONTRIBUTING names in a file is in that file", async () => {
  const text = await Deno.readTextFile(`${ROOT}/CONTRIBUTING.md`);
  const named = [...text.matchAll(/`(\w+)`(?: and `(\w+)`)? in\s+`(lib\/[\w/.]+)`/g)];
  assert(named.length > 12, `found only ${named.length}`);
  for (const [, one = "", other, path = ""] of named) {
    const source = await Deno.readTextFile(`${ROOT}/${path}`);
    for (const name of [one, other].filter((word) => word !== undefined)) {
      assert.match(
        source,
        new RegExp(`\\b(?:export [\\w ]*|case ")${name}\\b`),
        `${path}: ${name}`,
      );
    }
  }
});

async function markdown(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${ROOT}/${folder}`)) {
    if (name.endsWith(".md")) found.push(`${folder}${name}`);
    if (isDirectory && folder !== "") found.push(...await markdown(`${folder}${name}/`));
  }
  return found;
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    // What documents the variables is no proof that they are read.
    if (isDirectory && name !== "explain") yield* sources(path);
    else if (name.endsWith(".ts")) yield await Deno.readTextFile(path);
  }
}
