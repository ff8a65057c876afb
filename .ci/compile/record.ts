/**
 * What V8 makes of the packs is found out by using them: the recorder (the executable, but it
 * writes down its packs' code when it ends) goes through the starts that must be quick. Each run
 * begins with the code of the runs before it and adds what it needs itself.
 */

/** A run of the recorder. */
interface Scenario {
  readonly args: readonly string[];
  /** The name that it is called by, where that is not its own. */
  readonly as?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** It supervises, and is stopped as soon as its daemon runs. */
  readonly supervises?: boolean;
  /** What it exits with, 0 unless told. */
  readonly code?: number;
}

/** Longer than any start takes on any machine. */
const LIMIT_MS = 30_000;

/** What the recorder has found out. */
export interface Recording {
  /** V8's code by pack. */
  readonly code: ReadonlyMap<string, Uint8Array>;
  /** Milliseconds that its base runtime takes to load node:vm. */
  readonly vmMs: number;
}

/**
 * @param recorder the executable
 * @param packs whose code is wanted
 * @throws {Error} when a run does not end, or a pack was never opened
 */
export async function recordCode(
  recorder: string,
  packs: readonly string[],
): Promise<Recording> {
  const stage = await Deno.makeTempDir({ prefix: "curvine-fluid-recorder-" });
  try {
    await furnish(stage);
    for (const scenario of scenarios(stage)) await play(recorder, stage, scenario);
    const code = new Map<string, Uint8Array>();
    for (const pack of packs) code.set(pack, await Deno.readFile(`${stage}/code/${pack}.code`));
    return { code, vmMs: Number(await Deno.readTextFile(`${stage}/code/vm-ms`)) };
  } finally {
    await Deno.remove(stage, { recursive: true });
  }
}

function scenarios(stage: string): Scenario[] {
  const cache = (component: string): Record<string, string> => ({
    FLUID_DATASET_NAME: "lake",
    FLUID_DATASET_NAMESPACE: "ai",
    FLUID_RUNTIME_COMPONENT_TYPE: component,
    FLUID_RUNTIME_CONFIG_PATH: `${stage}/cache.json`,
    HOSTNAME: `lake-${component}-0`,
  });
  const thin = { FLUID_RUNTIME_TYPE: "thin", FLUID_RUNTIME_CONFIG_PATH: `${stage}/thin.json` };
  return [
    // The image's configuration is there at the first start, and ours beside it at the later ones.
    // There is no server to become: what is up to exec counts, and a program that we became could
    // write nothing down.
    { args: ["master", "start"], env: cache("master"), code: 127 },
    { args: ["worker", "start"], env: cache("worker"), code: 127 },
    { args: ["client", "start"], env: cache("client"), supervises: true },
    { args: [], env: thin, supervises: true },
    { args: ["health"], env: thin, code: 1 },
    { args: ["health"], env: cache("worker"), code: 1 },
    { args: ["version"] },
    { as: "uname", args: ["-r"] },
    { as: "sleep", args: ["0"] },
  ];
}

/** Lays everything that a start finds in its container. */
async function furnish(stage: string): Promise<void> {
  for (const folder of ["home/conf", "home/lib", "bin", "run", "code"]) {
    await Deno.mkdir(`${stage}/${folder}`, { recursive: true });
  }
  await Deno.writeTextFile(`${stage}/home/conf/curvine-cluster.toml`, IMAGE_CONFIG);
  await Deno.writeTextFile(
    `${stage}/home/lib/curvine-fuse`,
    `#!/bin/sh\n: >"${stage}/started"\nexec sleep 60\n`,
    { mode: 0o755 },
  );
  const mounts = [{
    mountPoint: "s3://bucket/data",
    options: { endpoint_url: "http://minio:9000", region_name: "us-east-1" },
    name: "data",
    path: "/data",
  }];
  const pod = (name: string, more: object): object => ({
    enabled: true,
    name,
    replicas: 3,
    service: { name: `svc-${name}` },
    ...more,
  });
  const tieredStoreLevels = [{ mountPaths: ["/c"], mediumType: "SSD", quotas: ["100Gi"] }];
  const cache = {
    mounts,
    accessModes: ["ReadWriteMany"],
    targetPath: `${stage}/target`,
    master: pod("lake-master", { options: { journal_port: "8996", rpc_port: "8995" } }),
    worker: pod("lake-worker", { options: { dir_reserved: "1GB" }, tieredStoreLevels }),
    client: pod("lake-client", { options: { io_threads: "8", "fuse.entry_timeout": "1" } }),
  };
  const thin = {
    mounts: [{
      mountPoint: "curvine:///data",
      options: { "master-endpoints": "m-0.m:8995,m-1.m:8995", "io-threads": "8" },
      name: "data",
    }],
    targetPath: `${stage}/target`,
    accessModes: ["ReadOnlyMany"],
  };
  await Deno.writeTextFile(`${stage}/cache.json`, JSON.stringify(cache));
  await Deno.writeTextFile(`${stage}/thin.json`, JSON.stringify(thin));
}

/** A configuration of the kind that Curvine's image brings. */
export const IMAGE_CONFIG = `format_master = false
cluster_id = "curvine"

[master]
meta_dir = "testing/meta"
rpc_port = 8995

[journal]
rpc_port = 8996
journal_addrs = [{ id = 1, hostname = "localhost", port = 8996 }]

[worker]
data_dir = ["[SSD:10GB]testing/data"]

[client]
master_addrs = [{ hostname = "localhost", port = 8995 }]
`;

async function play(
  recorder: string,
  stage: string,
  { args, as, env, supervises = false, code: wanted = 0 }: Scenario,
): Promise<void> {
  let command = recorder;
  if (as !== undefined) {
    command = `${stage}/bin/${as}`;
    await Deno.symlink(recorder, command);
  }
  const child = new Deno.Command(command, {
    args: [...args],
    clearEnv: true,
    env: {
      PATH: "/usr/bin:/bin",
      TMPDIR: `${stage}/run`,
      CURVINE_HOME: `${stage}/home`,
      CURVINE_DATA_DIR: `${stage}/data`,
      CURVINE_FLUID_RUN_DIR: `${stage}/run`,
      CURVINE_FLUID_TERMINATION_LOG: `${stage}/termination`,
      RECORDER_FOLDER: `${stage}/code`,
      ...env,
    },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  let over = false;
  const ended = child.output().finally(() => {
    over = true;
    clearTimeout(limit);
  });
  if (supervises) {
    while (!over && !await exists(`${stage}/started`)) await pause();
    if (!over) {
      await Deno.remove(`${stage}/started`);
      child.kill("SIGTERM");
    }
  }
  const { code, signal, stderr } = await ended;
  if (signal === null && code === wanted) return;
  const said = new TextDecoder().decode(stderr).trim();
  throw new Error(`Cannot record "${args.join(" ")}": it ended with ${signal ?? code}: ${said}`);
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
