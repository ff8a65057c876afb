import assert from "node:assert/strict";
import { sha256 } from "../../.ci/compile/run_command.ts";
import { buildElsewhere } from "../support/build_elsewhere.ts";
import { executable, missing } from "../support/requirements.ts";

const ignore = missing("executable", "tool:npx");

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "curvine-fluid-build-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function sum(path: string): Promise<string> {
  return await sha256(await Deno.readFile(path));
}

Deno.test({
  name: "another folder, time, user, locale and machine's ports give the same executable",
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      // A user without any cache, whose packages lie elsewhere; only the base runtime is kept.
      const home = `${folder}/home/of another user`;
      await Deno.mkdir(home, { recursive: true });
      const own = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? ""}/.cache`;
      await Deno.mkdir(`${home}/.cache`);
      await Deno.symlink(`${own}/curvine-fluid`, `${home}/.cache/curvine-fluid`);
      const ports = listenOnCurvinesPorts();
      const previous = Deno.umask(0o077);
      try {
        const made = await buildElsewhere(`${folder}/a/deeper/place`, {
          env: {
            HOME: home,
            XDG_CACHE_HOME: `${home}/.cache`,
            DENO_DIR: `${home}/deno`,
            HOSTNAME: "elsewhere",
            LANG: "zh_CN.UTF-8",
            LC_ALL: "zh_CN.UTF-8",
            TZ: "Pacific/Chatham",
            NO_PROXY: "example.org",
            CURVINE_HOME: folder,
            FLUID_RUNTIME_TYPE: "thin",
            DENO_V8_FLAGS: "--max-old-space-size=512",
            DENO_TLS_CA_STORE: "mozilla,system",
          },
        });
        assert.equal(await sum(made), await sum(executable));
      } finally {
        Deno.umask(previous);
        for (const port of ports) port.close();
      }
    }),
});

Deno.test({
  name: "file times inside are SOURCE_DATE_EPOCH, which has to be a number",
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const env = { SOURCE_DATE_EPOCH: "1700000000" };
      const made = await buildElsewhere(`${folder}/first`, { env });
      assert.notEqual(await sum(made), await sum(executable));
      await assert.rejects(
        buildElsewhere(`${folder}/second`, { env: { SOURCE_DATE_EPOCH: "yesterday" } }),
        /SOURCE_DATE_EPOCH is "yesterday"/,
      );
    }),
});

/** Those that are free: whatever listens there already serves as well. */
function listenOnCurvinesPorts(): Deno.Listener[] {
  return [8995, 8996, 8997, 9000, 9003].flatMap((port) => {
    try {
      return [Deno.listen({ hostname: "127.0.0.1", port })];
    } catch {
      return [];
    }
  });
}
