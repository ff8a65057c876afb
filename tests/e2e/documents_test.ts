/**
 * What the READMEs and the pages tell people to run is run here, as far as it can be on one machine:
 * in a folder with the manifests, by the compiled executable that the page has had installed. What
 * kubectl prints is told from the manifests.
 */
import assert from "node:assert/strict";
import {
  documentPaths,
  isShown,
  readDocument,
  type ShellBlock,
  shellBlocks,
  shownFaults,
} from "../unit/documents/document_commands.ts";
import { filesOf } from "../unit/documents/judge.ts";
import type { ShellCommand } from "../unit/documents/shell_line.ts";
import { ToldCluster } from "../unit/documents/told_cluster.ts";
import { executable, missing } from "../support/requirements.ts";
import { run } from "../support/run.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** A reader's machine: the repository's folder, a home, and a cluster that does as it should. */
class Desk {
  readonly #home: string;
  readonly folder: string;
  readonly #cluster: ToldCluster;

  private constructor(place: string) {
    this.#home = `${place}/home`;
    this.folder = `${place}/curvine-fluid`;
    this.#cluster = new ToldCluster(this.folder);
  }

  static async use<T>(work: (desk: Desk) => Promise<T>): Promise<T> {
    const place = await Deno.makeTempDir();
    try {
      const desk = new Desk(place);
      await Deno.mkdir(desk.#home);
      await Deno.mkdir(`${desk.folder}/dist`, { recursive: true });
      await run(["cp", "-r", `${ROOT}/manifests`, desk.folder]);
      // What `deno task compile` and a release leave there.
      for (const name of ["dist/curvine-fluid", "curvine-fluid-0.1.0-linux-amd64"]) {
        await Deno.symlink(executable, `${desk.folder}/${name}`);
      }
      return await work(desk);
    } finally {
      await Deno.remove(place, { recursive: true });
    }
  }

  /** @returns what it prints; `undefined` for what is not run here and tells nothing */
  async run({ words, env, into }: ShellCommand): Promise<string | undefined> {
    const [program = "", ...args] = words;
    if (program === "kubectl") return await this.#cluster.answer(args);
    // Builds and other people's servers: the unit tests hold their words to what is there.
    if (["npx", "docker", "helm"].includes(program)) return undefined;
    assert(["curvine-fluid", "install", "mkdir", "sed"].includes(program), `${program} is not run`);
    const argv = args.flatMap((word) => this.#expand(word));
    const edited = program === "sed" ? `${this.folder}/${argv.at(-1)}` : undefined;
    const before = edited === undefined ? "" : await Deno.readTextFile(edited);
    const { code, stdout, stderr } = await run([program, ...argv], {
      cwd: this.folder,
      clearEnv: true,
      env: {
        HOME: this.#home,
        PATH: `${this.#home}/.local/bin:/usr/bin:/bin`,
        NO_COLOR: "1",
        ...env,
      },
      mayFail: true,
    });
    // It says by its code that something fails, and that is what a page may want to show.
    const codes = args[0] === "doctor" ? [0, 1] : [0];
    assert(codes.includes(code), `${words.join(" ")}: ${code}\n${stdout}${stderr}`);
    if (edited !== undefined) {
      assert.notEqual(
        await Deno.readTextFile(edited),
        before,
        `${words.join(" ")} changes nothing`,
      );
    }
    if (into === undefined) return stdout + stderr;
    await Deno.writeTextFile(this.#expand(into)[0] ?? "", stdout);
    return undefined;
  }

  #expand(word: string): string[] {
    const path = word.startsWith("~/") ? `${this.#home}${word.slice(1)}` : word;
    if (!path.includes("*")) return [path];
    const files = filesOf(path, this.folder);
    assert(files.length > 0, `nothing is ${path}`);
    return files;
  }
}

/** Runs a page's blocks in their order, and says what each has printed. */
function runPage(blocks: readonly ShellBlock[]): Promise<string[]> {
  return Desk.use(async (desk) => {
    const printed: string[] = [];
    for (const { path, line, commands } of blocks) {
      let text = "";
      for (const command of commands) {
        try {
          text += await desk.run(command) ?? "";
        } catch (error) {
          throw new Error(`${path}:${line + 1 + command.line}`, { cause: error });
        }
      }
      printed.push(text);
    }
    return printed;
  });
}

/** Pages with the same commands print the same: the Chinese ones are their English sisters'. */
const printed = new Map<string, Promise<string[]>>();

for (const path of documentPaths()) {
  const blocks = shellBlocks(path, readDocument(path));
  if (blocks.length === 0) continue;
  Deno.test({
    name: `${path}: what it has one run can be run, and prints what it shows`,
    ignore: missing("executable"),
    async fn(): Promise<void> {
      const key = JSON.stringify(blocks.map(({ commands }) => commands));
      const running = printed.get(key) ?? runPage(blocks);
      printed.set(key, running);
      const texts = await running;
      for (const [index, { line, shown }] of blocks.entries()) {
        const text = texts[index] ?? "";
        if (shown === undefined) continue;
        assert(isShown(shown, text), `${path}:${line} shows\n${shown}\n\nbut there is\n${text}`);
      }
    },
  });
}

/** By the file that a shown fault names: the mistakes that its page tells of. */
const MISTAKES: Readonly<Record<string, readonly (readonly [right: string, wrong: string])[]>> = {
  "manifests/cache-runtime/base/dataset.yaml": [
    ["s3://my-bucket", "s3:/my-bucket"],
    ['path_style: "true"', "path_style: true"],
  ],
  "manifests/thin-runtime/read-only.yaml": [
    ["curvine:///data", "curvine://curvine-master-0:8995/data"],
  ],
};

Deno.test({
  name: "the mistakes that pages show are found as they show it",
  ignore: missing("executable"),
  async fn(): Promise<void> {
    let count = 0;
    for (const path of documentPaths()) {
      for (const shown of shownFaults(readDocument(path))) {
        const file = /^Cannot use the manifest "([^"]*)"/.exec(shown)?.[1] ?? "";
        const mistakes = MISTAKES[file];
        assert(mistakes, `${path}: no test makes the mistake in ${shown}`);
        await Desk.use(async ({ folder }) => {
          let text = await Deno.readTextFile(`${folder}/${file}`);
          for (const [right, wrong] of mistakes) {
            assert(text.includes(right), `${file} has no ${right}`);
            text = text.replace(right, wrong);
          }
          await Deno.writeTextFile(`${folder}/${file}`, text);
          const all = filesOf(file.replace(/[^/]*$/, "*.yaml"), folder);
          const { code, stderr } = await run([executable, "check", ...all], {
            cwd: folder,
            mayFail: true,
          });
          assert.equal(code, 78);
          assert(isShown(shown, stderr), `${path} shows\n${shown}\n\nbut there is\n${stderr}`);
          count++;
        });
      }
    }
    assert.equal(count, 4);
  },
});
