import assert from "node:assert/strict";
import { executable } from "../support/requirements.ts";
import { HOME, missingCurvine } from "./real_cluster.ts";

/** As much as is needed of what `options --format json` says. */
interface Row {
  readonly option: string;
  readonly example: string;
  /** Components in whose options the short name is enough. */
  readonly bareIn: readonly string[];
}

/** What a program said. */
interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function output(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    env: { PATH: Deno.env.get("PATH") ?? "", ...env },
    clearEnv: true,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test({
  name: "real Curvine: every option with its example is a configuration that curvine-fuse takes",
  ignore: missingCurvine(),
  fn: async () => {
    const dir = await Deno.makeTempDir({ prefix: "curvine-real-" });
    try {
      const listed = await output(executable, ["options", "--format", "json"]);
      const rows = JSON.parse(listed.stdout).curvine as Row[];
      assert(rows.length > 200, `only ${rows.length} options`);
      const refused: string[] = [];
      for (const row of rows) {
        const problem = await problemOf(row, dir);
        if (problem !== undefined) refused.push(`${row.option}=${row.example}: ${problem}`);
      }
      assert.deepEqual(refused, []);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});

/** Generates a configuration with this option and gives it to the real program. */
async function problemOf(
  { option, example, bareIn }: Row,
  dir: string,
): Promise<string | undefined> {
  // A whole name works in every component; those of a table that several have, only there.
  const [first = "client"] = bareIn;
  const component = first === "thin" || bareIn.includes("client") ? "client" : first;
  const config = `${dir}/runtime.json`;
  const part = (name: string, more = {}): Record<string, unknown> => ({
    enabled: true,
    name: `lake-${name}`,
    service: { name: `svc-lake-${name}` },
    ...more,
  });
  const file: Record<string, unknown> = {
    mounts: [],
    targetPath: `${dir}/mnt`,
    master: part("master", { replicas: 1 }),
    worker: part("worker", { replicas: 1 }),
    client: part("client"),
  };
  file[component] = { ...file[component] as object, options: { [option]: example } };
  await Deno.writeTextFile(config, JSON.stringify(file));
  const rendered = await output(executable, ["render", "--format", "toml", component, "start"], {
    FLUID_RUNTIME_CONFIG_PATH: config,
    FLUID_RUNTIME_COMPONENT_TYPE: component,
    POD_NAME: `lake-${component}-0`,
    FLUID_DATASET_NAME: "lake",
    FLUID_DATASET_NAMESPACE: "ai",
    CURVINE_HOME: dir,
    CURVINE_FLUID_RUN_DIR: dir,
  });
  // What follows from the topology cannot be set at all, by an example neither.
  if (/is managed and cannot be set/.test(rendered.stderr)) return undefined;
  if (rendered.code !== 0) return rendered.stderr;
  if (/unknown-option/.test(rendered.stderr)) return rendered.stderr;
  const conf = `${dir}/curvine-cluster.toml`;
  await Deno.writeTextFile(conf, rendered.stdout);
  const validated = await output(`${HOME}/lib/curvine-fuse`, ["validate-config", "--conf", conf], {
    TMPDIR: dir,
  });
  const said = validated.stdout + validated.stderr;
  // It looks for names among its defaults, and this key has none.
  if (option === "fuse.max_readahead_kb" && validated.code === 0) return undefined;
  return validated.code !== 0 || /unknown|warn/i.test(said) ? said : undefined;
}
