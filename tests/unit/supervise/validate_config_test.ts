import assert from "node:assert/strict";
import { tomlTable } from "../../../lib/plan/curvine/toml_value.ts";
import type { Plan } from "../../../lib/plan/plan.ts";
import {
  ConfigValidator,
  type ValidatorParts,
  type Verdict,
} from "../../../lib/supervise/validate_config.ts";
import type { Processes, SpawnRequest } from "../../../lib/ports/world.ts";

const PLAN: Plan = {
  mode: "thin-runtime",
  component: "fuse",
  reasons: [],
  config: {
    path: "/conf/c.toml",
    toml: tomlTable([["fuse", tomlTable([["mnt_path", "/m"], ["io_threads", 1]])]]),
  },
  process: {
    argv: ["/lib/curvine-fuse", "--mnt-path", "/m"],
    env: {},
    cwd: "/",
    policy: "supervise",
  },
  mount: { target: "/m" },
  warnings: [],
};

type Answer = { code: number; stdout?: string; stderr?: string } | undefined;

/** Asks a curvine-fuse that gives these answers to the candidate and to the empty file. */
async function ask(candidate: Answer, empty: Answer, plan = PLAN): Promise<{
  verdict: Verdict;
  calls: string[][];
  written: Plan[];
  files: Set<string>;
}> {
  const calls: string[][] = [];
  const written: Plan[] = [];
  const files = new Set<string>();
  const run = ({ argv }: SpawnRequest): ReturnType<Processes["run"]> => {
    calls.push([...argv]);
    const answer = argv.at(-1)?.endsWith("/empty.toml") ? empty : candidate;
    return Promise.resolve(
      answer && {
        status: { code: answer.code },
        stdout: answer.stdout ?? "",
        stderr: answer.stderr ?? "",
      },
    );
  };
  const validator = new ConfigValidator({
    world: {
      processes: { run } as unknown as Processes,
      files: {
        read: () => undefined,
        write: (path) => void files.add(path),
        remove: (path) => void files.delete(path),
        makeFolder: () => {},
      },
    },
    env: {},
    folder: "/run/cf",
    write: (plan) => {
      written.push(plan);
      files.add(plan.config.path);
    },
  });
  const verdict = await validator.ask(plan);
  return { verdict, calls, written, files };
}

const LOADED = { code: 0, stdout: "Loaded configuration from x\n" };

Deno.test("a good one is good; it is asked about in a copy that mounts elsewhere", async () => {
  const { verdict, calls, written, files } = await ask(LOADED, undefined);
  assert.deepEqual(verdict, { kind: "good" });
  assert.deepEqual(calls, [
    ["/lib/curvine-fuse", "validate-config", "--conf", "/run/cf/candidate.toml"],
  ]);
  assert.deepEqual(JSON.parse(JSON.stringify(written[0]?.config)), {
    path: "/run/cf/candidate.toml",
    toml: { fuse: { mnt_path: "/run/cf/nowhere", io_threads: 1 } },
  });
  assert.equal(files.size, 0, "nothing is left behind");
});

Deno.test("where the daemon is to mount is changed in a [fuse] that is there, and none is made", async () => {
  for (const toml of [tomlTable([]), tomlTable([["fuse", [tomlTable([])]]])]) {
    const plan = { ...PLAN, config: { ...PLAN.config, toml } };
    const { written } = await ask(LOADED, undefined, plan);
    assert.deepEqual({ ...written[0]?.config.toml }, { ...toml });
  }
});

Deno.test("a refusal counts from a program that accepts an empty configuration", async () => {
  const refusal = { code: 1, stderr: "warning\nError: io_threads is wrong\n" };
  const { verdict } = await ask(refusal, LOADED);
  assert.deepEqual(verdict, { kind: "bad", message: "Error: io_threads is wrong" });
});

Deno.test("a program that refuses everything, or anything but 1, says nothing", async () => {
  assert.deepEqual((await ask({ code: 1 }, { code: 1 })).verdict, { kind: "unknown" });
  assert.deepEqual((await ask({ code: 1 }, { code: 0 })).verdict, { kind: "unknown" });
  assert.deepEqual((await ask({ code: 2 }, LOADED)).verdict, { kind: "unknown" });
  assert.deepEqual((await ask({ code: 137 }, LOADED)).verdict, { kind: "unknown" });
});

Deno.test("one that hangs or cannot be started says nothing", async () => {
  const { verdict, files } = await ask(undefined, undefined);
  assert.deepEqual(verdict, { kind: "unknown" });
  assert.equal(files.size, 0);
});

Deno.test("an acceptance that says nothing of a configuration is none of validate-config's", async () => {
  const silent = { code: 0, stdout: "curvine-fuse mounted\n" };
  assert.deepEqual((await ask({ code: 1, stderr: "x" }, silent)).verdict, { kind: "unknown" });
});

Deno.test("a refusal is told by the last line of stderr, else of stdout, else by its code", async () => {
  const message = async (answer: Answer): Promise<unknown> => {
    const { verdict } = await ask(answer, LOADED);
    return verdict.kind === "bad" ? verdict.message : verdict.kind;
  };
  assert.equal(await message({ code: 1, stderr: "a\n  b \n\n", stdout: "c" }), "b");
  assert.equal(await message({ code: 1, stderr: "\n", stdout: "c\nd\n" }), "d");
  assert.equal(await message({ code: 1 }), "exit 1");
});

Deno.test("both questions leave no file, and the second one is about an empty one", async () => {
  const { calls, files } = await ask({ code: 1 }, LOADED);
  assert.deepEqual(calls.map((argv) => argv.at(-1)), [
    "/run/cf/candidate.toml",
    "/run/cf/empty.toml",
  ]);
  assert.equal(files.size, 0);
});

Deno.test("without a folder, a mount or a program nobody is asked; nor where writing fails", async () => {
  let asked = 0;
  const run = (): ReturnType<Processes["run"]> => {
    asked++;
    return Promise.resolve({ status: { code: 0 }, stdout: "", stderr: "" });
  };
  const parts = (more: Partial<ValidatorParts> = {}): ValidatorParts => ({
    world: {
      processes: { run } as unknown as Processes,
      files: {
        read: () => undefined,
        write: () => {},
        remove: () => {},
        makeFolder: () => {},
      },
    },
    env: {},
    folder: "/run/cf",
    write: () => {},
    ...more,
  });
  const unknown = { kind: "unknown" };
  const empty = { ...PLAN, process: { ...PLAN.process, argv: [] } };
  assert.deepEqual(await new ConfigValidator(parts({ folder: undefined })).ask(PLAN), unknown);
  assert.deepEqual(await new ConfigValidator(parts()).ask({ ...PLAN, mount: null }), unknown);
  assert.deepEqual(await new ConfigValidator(parts()).ask(empty), unknown);
  const full = parts({ write: () => Promise.reject(new Error("ENOSPC")) });
  assert.deepEqual(await new ConfigValidator(full).ask(PLAN), unknown);
  assert.equal(asked, 0);
});
