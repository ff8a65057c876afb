import assert from "node:assert/strict";
import { run } from "./run.ts";

/**
 * A case of the conformance suite: the files, environment and words of a container, and what its
 * plan must be. `{dir}` stands for the case's own folder, `expect.toml` maps dotted keys to exact
 * values (null: absent), `expect.fuse` to what curvine-fuse uses in the end, its command line over
 * the file.
 */
interface Case {
  readonly note: string;
  readonly argv?: string[];
  readonly env?: Record<string, string>;
  readonly files?: Record<string, unknown>;
  readonly expect: {
    readonly exit?: number | number[];
    readonly stderr?: string[];
    readonly stdoutLacks?: string[];
    readonly toml?: Record<string, unknown>;
    readonly fuse?: Record<string, unknown>;
    readonly env?: Record<string, string | null>;
    readonly argv?: string[];
    readonly argvStart?: string[];
    readonly warnings?: string[];
    readonly noWarnings?: boolean;
    readonly mode?: string;
    readonly component?: string;
    readonly policy?: string;
    readonly mount?: unknown;
  };
}

/**
 * Runs a case, given as JSON.
 *
 * @param command the executable; words before it, such as an emulator's, come first
 * @throws {AssertionError} when the plan is another one
 */
export async function runCase(text: string, command: readonly string[]): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "curvine-fluid-case-" });
  try {
    const { argv = [], env = {}, files = {}, expect } = JSON.parse(
      text.replaceAll("{dir}", dir),
    ) as Case;
    await Deno.mkdir(`${dir}/home/conf`, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      await Deno.mkdir(`${dir}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
      const plain = typeof content === "string" ? content : JSON.stringify(content);
      await Deno.writeTextFile(`${dir}/${name}`, plain);
    }
    const { code, stdout, stderr } = await run(
      [...command, "render", "--format", "json", ...argv],
      {
        clearEnv: true,
        env: {
          PATH: Deno.env.get("PATH") ?? "",
          HOME: dir,
          CURVINE_HOME: `${dir}/home`,
          FLUID_RUNTIME_CONFIG_PATH: `${dir}/absent.json`,
          ...env,
        },
        cwd: dir,
        mayFail: true,
      },
    );
    const exits = [expect.exit ?? 0].flat();
    assert(exits.includes(code), `exit ${code}, wanted ${exits}: ${stderr}`);
    for (const pattern of expect.stderr ?? []) assert.match(stderr, new RegExp(pattern, "i"));
    for (const lacking of expect.stdoutLacks ?? []) assert(!stdout.includes(lacking), lacking);
    if (code === 0) checkPlan(JSON.parse(stdout), expect);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

interface ShownPlan {
  readonly mode: string;
  readonly component: string;
  readonly config: { readonly toml: Record<string, unknown> };
  readonly process: {
    readonly argv: string[];
    readonly env: Record<string, string | null>;
    readonly policy: string;
  };
  readonly mount: unknown;
  readonly warnings: { readonly code: string }[];
}

function checkPlan(plan: ShownPlan, expect: Case["expect"]): void {
  const codes = plan.warnings.map(({ code }) => code);
  for (const code of expect.warnings ?? []) assert(codes.includes(code), `${code} in ${codes}`);
  if (expect.noWarnings) assert.deepEqual(codes, []);
  if (expect.mode !== undefined) assert.equal(plan.mode, expect.mode);
  if (expect.component !== undefined) assert.equal(plan.component, expect.component);
  if (expect.policy !== undefined) assert.equal(plan.process.policy, expect.policy);
  if (expect.mount !== undefined) assert.deepEqual(plan.mount, expect.mount);
  if (expect.argv) assert.deepEqual(plan.process.argv, expect.argv);
  if (expect.argvStart) {
    assert.deepEqual(plan.process.argv.slice(0, expect.argvStart.length), expect.argvStart);
  }
  for (const [name, value] of Object.entries(expect.env ?? {})) {
    assert.equal(plan.process.env[name] ?? null, value, `env ${name}`);
  }
  checkKeys(plan.config.toml, expect.toml);
  checkKeys(usedByFuse(plan), expect.fuse);
}

function checkKeys(found: unknown, wanted: Readonly<Record<string, unknown>> = {}): void {
  for (const [path, want] of Object.entries(wanted)) {
    const value = path.split(".").reduce<unknown>(
      (at, key) => (at as Record<string, unknown> | null | undefined)?.[key],
      found,
    );
    assert.deepEqual(value ?? null, want, path);
  }
}

/** The `[fuse]` table with the command line's flags laid over it. */
function usedByFuse({ config, process }: ShownPlan): Record<string, unknown> {
  const used = { ...config.toml["fuse"] as Record<string, unknown> };
  const words = process.argv.slice(1);
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [flag = "", attached] = word.replace(/^--/, "").split(/=(.*)/s);
    const key = flag.replaceAll("-", "_");
    used[key] = ["debug", "readonly"].includes(key) ? true : attached ?? words.shift();
  }
  return used;
}
