/** What the repository promises to whoever works on it. */
import assert from "node:assert/strict";

const ROOT = new URL("../../../", import.meta.url).pathname;
const VERSION: string = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)).version;

function read(path: string): string {
  return Deno.readTextFileSync(ROOT + path);
}

/** All files of the repository that are text, without what is built or fetched. */
function textFiles(folder = ""): string[] {
  const left = [".git", "dist", "node_modules"];
  return [...Deno.readDirSync(ROOT + folder)].flatMap(({ name, isDirectory, isFile }) => {
    const path = `${folder}${name}`;
    if (left.includes(name)) return [];
    if (isDirectory) return textFiles(`${path}/`);
    return isFile && /\.(ts|md|json|yaml|sh|py|c|env|svg|toml|txt)$/.test(name) ? [path] : [];
  });
}

Deno.test("the devcontainer has every tool that CI installs for the tests", () => {
  const needs = /needs=\(([^)]*)\)/.exec(read(".ci/run"))?.[1] ?? "";
  const wanted = needs.split(/\s+/).filter((need) => need !== "")
    .map((need) => need.slice(need.indexOf(":") + 1));
  assert(wanted.length > 5, "the list of .ci/run was not found");
  const has = read(".devcontainer/Dockerfile").split(/\s+/);
  assert.deepEqual([...new Set(wanted)].filter((name) => !has.includes(name)), []);
});

Deno.test("the devcontainer may mount, and uses the Deno that CI uses", () => {
  const text = read(".devcontainer/devcontainer.json").replaceAll(/^\s*\/\/.*$/gm, "");
  const { runArgs, remoteUser, postCreateCommand } = JSON.parse(text);
  assert(runArgs.includes("--privileged"));
  assert.equal(remoteUser, "root");
  const used = /deno@[\d.]+/.exec(read(".ci/run"))?.[0];
  assert(used !== undefined && postCreateCommand.includes(used), `CI uses ${used}`);
});

Deno.test("the changelog has what is not yet released, then this version, with links", () => {
  const headings = [...read("CHANGELOG.md").matchAll(/^## \[([^\]]+)\](?: - (\S+))?$/gm)];
  assert.equal(headings[0]?.[1], "Unreleased");
  assert.equal(headings[1]?.[1], VERSION);
  for (const [, name = "", date = ""] of headings) {
    if (name !== "Unreleased") assert.match(date, /^\d{4}-\d{2}-\d{2}$/, name);
    assert(read("CHANGELOG.md").includes(`\n[${name}]: https://`), `${name} has no link`);
  }
});

Deno.test("every pattern of CODEOWNERS is of something that is there, and has an owner", () => {
  const lines = read(".github/CODEOWNERS").split("\n").filter((line) => /^[^#\s]/.test(line));
  assert(lines.length > 1);
  for (const line of lines) {
    const [pattern = "", ...owners] = line.split(/\s+/);
    assert(owners.every((owner) => /^@[\w-]+(\/[\w-]+)?$/.test(owner)) && owners.length > 0, line);
    if (pattern !== "*") Deno.statSync(ROOT + pattern.replace(/^\//, ""));
  }
});

Deno.test("random cases are the same ones in each run of CI", () => {
  const direct = textFiles("tests/").filter((path) =>
    read(path).includes(`from "fast${"-check"}"`)
  );
  assert.deepEqual(direct, ["tests/support/fast_check.ts"]);
});

Deno.test("every text file is as .editorconfig says", () => {
  const config = read(".editorconfig");
  assert.match(config, /indent_size = 2[\s\S]*max_line_length = 100/);
  assert.equal(JSON.parse(read("deno.json")).fmt.lineWidth, 100);
  const files = textFiles().filter((path) => !/^tests\/(snapshots|gallery)\//.test(path));
  assert(files.length > 300);
  for (const path of files) {
    const text = read(path);
    assert(!text.includes("\r"), `${path} has carriage returns`);
    assert.doesNotMatch(text, /[ \t]$/m, `${path} has blanks at a line's end`);
    assert(text === "" || text.endsWith("\n"), `${path} does not end with a line end`);
  }
});

Deno.test("whoever finds a vulnerability is told where to report it", () => {
  assert.match(read("SECURITY.md"), /https:\/\/github\.com\/\S+\/security\/advisories\/new/);
  assert(read("README.md").includes("SECURITY.md"));
});

Deno.test("CI runs all that a change must pass, and its verdict hears of each step", () => {
  const run = read(".ci/run");
  const { ok } = JSON.parse(read("deno.json")).tasks;
  const steps: string[] = ok.command.split(" && ");
  assert(steps.length > 3);
  for (const step of steps) {
    const wanted = new RegExp(`npx -y deno@[\\d.]+ ${step.replace(/^deno /, "")}`);
    assert.match(run, wanted, "CI leaves it out");
  }
  const kept = [...run.matchAll(/^\s*(\w+)=\$\?$/gm)].map(([, name]) => name);
  assert(kept.length > 3);
  for (const name of kept) assert(run.includes(`"${name}=$${name}"`), `nobody looks at ${name}`);
});

Deno.test("whoever is told to fetch Deno is told the version that CI uses", () => {
  const used = /deno@[\d.]+/.exec(read(".ci/run"))?.[0];
  const documents = textFiles().filter((path) => /\.(md|json)$/.test(path));
  const told = [".ci/run", ...documents].flatMap((path) =>
    [...read(path).matchAll(/\bdeno@\d+\.\d+\.\d+/g)].map(([version]) => `${path}: ${version}`)
  );
  assert(told.length > 5);
  assert.deepEqual(told.filter((one) => !one.endsWith(`: ${used}`)), []);
});
