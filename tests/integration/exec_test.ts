/** `exec` and the real host under the Deno that runs the tests; the e2e tests have the compiled one. */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url).pathname;

interface Outcome {
  readonly code: number;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly pid: number;
}

/** Runs a program of TypeScript that may use `exec`, `host` and `own`, its host. */
async function run(
  body: string,
  env: Record<string, string> = {},
  signals: "catchSignals" | "catchSignalsLater" = "catchSignals",
): Promise<Outcome> {
  const dir = await Deno.makeTempDir({ prefix: "curvine-fluid-exec-" });
  try {
    await Deno.writeTextFile(
      `${dir}/main.ts`,
      `import { exec } from "${ROOT}lib/system/exec.ts";
       import { host } from "${ROOT}lib/system/host.ts";
       import { ${signals} } from "${ROOT}lib/system/signals.ts";
       const PATH = Deno.env.get("PATH") ?? "";
       const own = host(${signals}());
       ${body}`,
    );
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", `${dir}/main.ts`],
      env,
      cwd: dir,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const { code, signal, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return {
      code,
      signal,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
      pid: child.pid,
    };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("exec keeps the pid, sets and takes variables, changes the folder, passes the code", async () => {
  const script = 'echo "$$ $PWD [$NEW] [${GONE-unset}] [$KEPT] $1"; exit 9';
  const { code, stdout, pid } = await run(
    `await exec({ argv: ["sh", "-c", ${JSON.stringify(script)}, "sh", "ä b"],
      env: { NEW: "ü=1", GONE: null }, cwd: "/usr" }, PATH);`,
    { GONE: "x", KEPT: "k" },
  );
  assert.equal(code, 9);
  assert.equal(stdout, `${pid} /usr [ü=1] [unset] [k] ä b\n`);
});

Deno.test("the executed program has default signals, an empty mask and no descriptor of ours", async () => {
  const { stdout } = await run(
    `const kept = Deno.openSync("/etc/passwd"); void kept;
     const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" }); void listener;
     await exec({ argv: ["sh", "-c", "cat /proc/self/status; ls -l /proc/self/fd"], env: {} }, PATH);`,
  );
  const masks = [...stdout.matchAll(/Sig(?:Blk|Ign|Cgt):\t([0-9a-f]+)/g)].map(([, mask]) =>
    BigInt(`0x${mask}`)
  );
  assert.equal(masks.length, 3);
  // 32 and 33 are glibc's own.
  for (const mask of masks) assert.equal(mask & ~(3n << 31n), 0n, stdout);
  assert.doesNotMatch(stdout, /socket|eventpoll|eventfd|passwd/);
});

Deno.test("a signal can end the executed program, which catches nothing of ours", async () => {
  const { signal } = await run(
    `await exec({ argv: ["sh", "-c", "kill -TERM $$; sleep 5"], env: {} }, PATH);`,
  );
  assert.equal(signal, "SIGTERM");
});

for (
  const [what, program, notFound, message] of [
    ["an absent path", '["/no/such"]', true, "it does not exist"],
    ["an absent name", '["no-such-tool"]', true, "it does not exist"],
    ["a folder", '["/usr"]', false, "not executable"],
    ["a file without the bit", '["/etc/passwd"]', false, "not executable"],
    ["a path below a file", '["/etc/passwd/x"]', true, "does not exist"],
  ] as const
) {
  Deno.test(`executing ${what} is an ExecError, and the process lives on to say so`, async () => {
    const { code, stdout } = await run(
      `try { await exec({ argv: ${program}, env: {} }, PATH); } catch (error) {
         own.stdout(error.name + " " + error.notFound + " " + error.message); own.exit(5); }`,
    );
    assert.equal(code, 5);
    assert(stdout.startsWith(`ExecError ${notFound} Cannot execute `), stdout);
    assert(stdout.includes(message), stdout);
  });
}

Deno.test("an absent working directory is an ExecError that names it", async () => {
  const { stdout } = await run(
    `try { await exec({ argv: ["true"], env: {}, cwd: "/no/such" }, PATH); } catch (error) { own.stdout(error.message); }
     own.exit(0);`,
  );
  assert.match(stdout, /Cannot enter the working directory "\/no\/such"/);
});

Deno.test("a NUL in a word is refused, not cut off", async () => {
  const { stdout } = await run(
    `try { await exec({ argv: ["echo", "a\\0b"], env: {} }, PATH); } catch (error) { own.stdout(error.name); }
     own.exit(0);`,
  );
  assert.equal(stdout, "TypeError");
});

Deno.test("the host tells files, folders, links and nothing apart", async () => {
  const { stdout } = await run(
    `Deno.symlinkSync("main.ts", "link"); Deno.symlinkSync("nowhere", "dangling");
     const kinds = ["main.ts", "link", ".", "dangling", "none", "/dev/null", "main.ts/x"].map(own.kindOf);
     own.stdout(JSON.stringify([kinds, own.readFile("none") ?? null, own.createFile("new", "1"),
       own.createFile("new", "2"), Deno.readTextFileSync("new")]));
     own.exit(0);`,
  );
  assert.deepEqual(JSON.parse(stdout), [
    ["file", "file", "directory", "absent", "absent", "other", "absent"],
    null,
    true,
    false,
    "1",
  ]);
});

Deno.test("writing to a pipe that nobody reads any more is no error", async () => {
  const module = `${ROOT}lib/system/host.ts`;
  const body =
    `import { host } from "${module}"; import { catchSignals } from "${ROOT}lib/system/signals.ts";
    const own = host(catchSignals()); await new Promise((done) => setTimeout(done, 300));
    own.stdout("x".repeat(100_000)); own.stderr("still here"); own.exit(4);`;
  const dir = await Deno.makeTempDir({ prefix: "curvine-fluid-exec-" });
  try {
    await Deno.writeTextFile(`${dir}/main.ts`, body);
    const script = '("$0" run -A --no-check "$1"; echo " $?" >&2) | true';
    const { stderr } = await new Deno.Command("sh", {
      args: ["-c", script, Deno.execPath(), `${dir}/main.ts`],
    }).output();
    assert.equal(new TextDecoder().decode(stderr), "still here 4\n");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("without early listeners a signal ends us as any program, until somebody takes it over", async () => {
  const send =
    `Deno.kill(Deno.pid, "SIGTERM"); await new Promise((done) => setTimeout(done, 9000));`;
  const late = (body: string) => run(`${body} ${send}`, {}, "catchSignalsLater");
  assert.equal((await late("own.signals.endBy(() => Deno.exit(5));")).signal, "SIGTERM");
  const taken = await late(
    "own.signals.takeOver((signal) => { console.log(signal); Deno.exit(3); });",
  );
  assert.deepEqual([taken.code, taken.stdout], [3, "SIGTERM\n"]);
});
