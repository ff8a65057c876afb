import assert from "node:assert/strict";
import { documents, tables } from "../../../.ci/docs.ts";
import { COMMANDS } from "../../../lib/cli/command_table.ts";
import { ExitCode } from "../../../lib/ports/exit_code.ts";
import { programHelp } from "../../../lib/cli/help_text.ts";
import { VARIABLES } from "../../../lib/tools/explain/variables.ts";
import { settingSpecs } from "../../../lib/plan/settings.ts";

const ROOT = new URL("../../..", import.meta.url).pathname;

Deno.test("every generated table and document is what the code says (deno task docs)", async () => {
  for (const [path, wanted] of await documents(ROOT)) {
    assert.equal(await Deno.readTextFile(`${ROOT}/${path}`), wanted, `${path}: deno task docs`);
  }
});

Deno.test("the READMEs have the tables of commands, settings, variables, exit codes, metrics", async () => {
  const names = Object.keys(tables());
  for (const path of ["README.md", "README.zh.md"]) {
    const text = await Deno.readTextFile(`${ROOT}/${path}`);
    for (const name of names) {
      // The Chinese one links to the English tables of what is long.
      if (path === "README.zh.md" && !["commands", "exit codes"].includes(name)) continue;
      assert(text.includes(`<!-- table: ${name} -->`), `${path} lacks the table "${name}"`);
    }
  }
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

Deno.test("links between the documents lead to files", async () => {
  for (const path of ["README.md", "README.zh.md", "CONTRIBUTING.md", ...await docs()]) {
    const text = await Deno.readTextFile(`${ROOT}/${path}`);
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      await Deno.stat(`${ROOT}/${folder}/${target}`).catch(() => {
        throw new Error(`${path} links to ${target}, which does not exist`);
      });
    }
  }
});

async function docs(): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(`${ROOT}/docs`)) {
    if (name.endsWith(".md")) found.push(`docs/${name}`);
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
