import fc from "../support/fast_check.ts";
import { anyText } from "../support/any_text.ts";
import assert from "node:assert/strict";
import { openKernel } from "../../lib/system/kernel_calls.ts";
import { writeFileAtomic } from "../../lib/system/write_file_atomic.ts";
import { missing } from "../support/requirements.ts";

// Before the tests: a library stays open.
openKernel();

async function inFolder(test: (dir: string) => Promise<void> | void): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "curvine-fluid-write-" });
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}

function names(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
}

Deno.test("a new file has its text and mode, folders on the way are made, nothing else stays", () =>
  inFolder((dir) => {
    writeFileAtomic(`${dir}/a/b/c.toml`, "tëxt\n", 0o600);
    assert.equal(Deno.readTextFileSync(`${dir}/a/b/c.toml`), "tëxt\n");
    assert.equal(modeOf(`${dir}/a/b/c.toml`), 0o600);
    assert.deepEqual(names(`${dir}/a/b`), ["c.toml"]);
  }));

Deno.test("the mode is what was asked for, whatever the umask and the earlier file's mode", () =>
  inFolder((dir) => {
    const umask = Deno.umask(0o077);
    try {
      writeFileAtomic(`${dir}/x`, "1", 0o755);
      assert.equal(modeOf(`${dir}/x`), 0o755);
      writeFileAtomic(`${dir}/x`, "2", 0o600);
      assert.equal(modeOf(`${dir}/x`), 0o600);
    } finally {
      Deno.umask(umask);
    }
  }));

Deno.test("a link stays a link and its target gets the text, in the target's own folder", () =>
  inFolder((dir) => {
    Deno.mkdirSync(`${dir}/real`);
    Deno.writeTextFileSync(`${dir}/real/file`, "old");
    Deno.symlinkSync("real/file", `${dir}/link`);
    writeFileAtomic(`${dir}/link`, "new", 0o600);
    assert(Deno.lstatSync(`${dir}/link`).isSymlink);
    assert.equal(Deno.readTextFileSync(`${dir}/real/file`), "new");
    assert.deepEqual(names(dir), ["link", "real"]);
  }));

Deno.test("a leftover temporary file is neither written into nor followed", () =>
  inFolder((dir) => {
    Deno.writeTextFileSync(`${dir}/victim`, "untouched");
    Deno.symlinkSync("victim", `${dir}/x.${Deno.pid}.tmp`);
    writeFileAtomic(`${dir}/x`, "secret", 0o600);
    assert.equal(Deno.readTextFileSync(`${dir}/victim`), "untouched");
    assert(Deno.lstatSync(`${dir}/x`).isFile);
    Deno.writeTextFileSync(`${dir}/y.${Deno.pid}.tmp`, "", { mode: 0o666 });
    const open = Deno.openSync(`${dir}/y.${Deno.pid}.tmp`);
    writeFileAtomic(`${dir}/y`, "secret", 0o600);
    assert.equal(open.readSync(new Uint8Array(10)), null, "who had it open reads nothing");
    open.close();
    assert.deepEqual(names(dir), ["victim", "x", "y"]);
  }));

Deno.test("a relative path without a folder is one in the working directory", () =>
  inFolder((dir) => {
    const before = Deno.cwd();
    Deno.chdir(dir);
    try {
      writeFileAtomic("plain.toml", "x", 0o600);
      assert.deepEqual(names(dir), ["plain.toml"]);
    } finally {
      Deno.chdir(before);
    }
  }));

Deno.test("where it cannot be written it throws, and the old file stays alone", () =>
  inFolder((dir) => {
    Deno.mkdirSync(`${dir}/folder/inner`, { recursive: true });
    assert.throws(() => writeFileAtomic(`${dir}/folder`, "x", 0o600));
    assert.throws(() => writeFileAtomic("/proc/nothing/x", "x", 0o600));
    Deno.writeTextFileSync(`${dir}/file`, "old");
    assert.throws(() => writeFileAtomic(`${dir}/file/below`, "x", 0o600));
    assert.equal(Deno.readTextFileSync(`${dir}/file`), "old");
    assert.deepEqual(names(dir), ["file", "folder"]);
  }));

Deno.test("property: any text and any name come back as they were", () =>
  inFolder((dir) => {
    const text = anyText().filter((one) => one.isWellFormed());
    const name = text.map((one) => `n${one.replaceAll(/[/\0]/g, "")}`.slice(0, 40))
      .filter((one) => one.isWellFormed());
    fc.assert(
      fc.property(name, text, (file, content) => {
        writeFileAtomic(`${dir}/${file}`, content, 0o600);
        const bytes = Deno.readFileSync(`${dir}/${file}`);
        assert.equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), content);
      }),
      { numRuns: 50 },
    );
    assert(!names(dir).some((file) => file.endsWith(`.${Deno.pid}.tmp`)));
  }));

Deno.test({
  name: "a reader at any moment, and a killed writer, see one whole content",
  ignore: missing("tool:deno"),
  fn: () =>
    inFolder(async (dir) => {
      const module = new URL("../../lib/system/write_file_atomic.ts", import.meta.url).href;
      const script = `import { writeFileAtomic } from "${module}";
        for (let n = 0; ; n++) {
          writeFileAtomic("${dir}/x", String(n % 10).repeat(2_000_000), 0o600);
        }`;
      await Deno.writeTextFile(`${dir}/writer.ts`, script);
      for (let round = 0; round < 5; round++) {
        const writer = new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--no-check", `${dir}/writer.ts`],
          stdout: "null",
          stderr: "null",
        }).spawn();
        const seen = new Set<string>();
        const deadline = performance.now() + 20_000;
        while (seen.size < 4 && performance.now() < deadline) {
          const text = await Deno.readTextFile(`${dir}/x`).catch(() => undefined);
          if (text === undefined) {
            await new Promise((resolve) => setTimeout(resolve, 5));
            continue;
          }
          assertWhole(text);
          seen.add(text[0] ?? "");
        }
        writer.kill("SIGKILL");
        await writer.status;
        assert(seen.size >= 4, "the writer wrote");
        assertWhole(await Deno.readTextFile(`${dir}/x`));
      }
    }),
});

function assertWhole(text: string): void {
  assert.equal(text.length, 2_000_000);
  assert.equal(text, (text[0] ?? "").repeat(2_000_000));
}
