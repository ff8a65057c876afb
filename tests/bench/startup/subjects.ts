import { executable } from "../../support/requirements.ts";

/** A command whose start is timed. */
export interface Subject {
  readonly what: string;
  /** The limit; empty where there is none. */
  readonly wanted: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What ends the time: see `stopwatch.c`. */
  readonly until: "end" | "daemon" | "caught";
  /** Puts things as they are before a first start. */
  prepare?(): void;
}

const CACHE_ENV = {
  FLUID_DATASET_NAME: "lake",
  FLUID_DATASET_NAMESPACE: "ai",
};

/** A configuration of the kind that Curvine's image brings. */
const IMAGE_CONFIG = `format_master = false
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

/**
 * Lays a CURVINE_HOME, runtime configs of several sizes and links into a folder, and the stopwatch
 * that is also the daemons.
 */
export async function installSubjects(root: string): Promise<void> {
  for (const folder of ["home/lib", "home/conf", "bin", "run"]) {
    Deno.mkdirSync(`${root}/${folder}`, { recursive: true });
  }
  const source = new URL("stopwatch.c", import.meta.url).pathname;
  const built = await new Deno.Command("gcc", {
    args: ["-O2", "-static", "-o", `${root}/stopwatch`, source],
  }).output();
  if (!built.success) {
    throw new Error(`Cannot compile ${source}: is gcc there, with libc's headers?`);
  }
  for (const daemon of ["curvine-server", "curvine-fuse"]) {
    Deno.copyFileSync(`${root}/stopwatch`, `${root}/home/lib/${daemon}`);
  }
  await new Deno.Command("mkfifo", { args: [`${root}/began`] }).output();
  for (const name of ["sleep", "uname"]) Deno.symlinkSync(executable, `${root}/bin/${name}`);
  Deno.writeTextFileSync(`${root}/cache.json`, JSON.stringify(cacheConfig(root, 2, 3)));
  Deno.writeTextFileSync(`${root}/large.json`, JSON.stringify(cacheConfig(root, 1_000, 100)));
  Deno.writeTextFileSync(`${root}/huge.json`, JSON.stringify(cacheConfig(root, 10_000, 100)));
  Deno.writeTextFileSync(`${root}/thin.json`, JSON.stringify(thinConfig(root)));
}

/** What is measured, with the limits. */
export function subjects(root: string): Subject[] {
  const run = (component: string): Subject => ({
    what: `cache mode, ${component}: exec to the daemon's exec`,
    wanted: "floor × 1.45",
    argv: [executable, component, "start"],
    env: cacheEnv(root, component, "cache.json"),
    until: "daemon",
  });
  const thin = {
    CURVINE_HOME: `${root}/home`,
    CURVINE_FLUID_RUN_DIR: `${root}/run`,
    FLUID_RUNTIME_TYPE: "thin",
    FLUID_RUNTIME_CONFIG_PATH: `${root}/thin.json`,
  };
  const command = (what: string, argv: string[], env: Record<string, string> = {}): Subject => ({
    what,
    wanted: "floor × 1.2",
    argv,
    env,
    until: "end",
  });
  const render = (file: string, wanted: string, what: string): Subject => ({
    ...command(what, [executable, "render", "worker"], cacheEnv(root, "worker", file)),
    wanted,
  });
  const conf = `${root}/home/conf/curvine-cluster.toml`;
  return [
    {
      what: "thin mode: exec to the daemon's exec",
      wanted: "floor × 1.45",
      argv: [executable],
      env: thin,
      until: "daemon",
    },
    run("master"),
    run("worker"),
    run("client"),
    {
      ...run("worker"),
      what: "the same, a worker's first start on its image's configuration",
      wanted: "",
      prepare: () => Deno.writeTextFileSync(conf, IMAGE_CONFIG),
    },
    command("health, no supervisor", [executable, "health"], thin),
    command("health --ready, no supervisor", [executable, "health", "--ready"], thin),
    command("applet uname -r", [`${root}/bin/uname`, "-r"]),
    command("applet sleep 0", [`${root}/bin/sleep`, "0"]),
    render("large.json", "floor + 60 ms", "render 1,000 mounts, 100 tiers"),
    render("huge.json", "linear", "render 10,000 mounts, 100 tiers"),
    {
      what: "signals: exec to handlers that stand",
      wanted: "first of all",
      argv: [executable],
      env: thin,
      until: "caught",
    },
  ];
}

function cacheEnv(root: string, component: string, file: string): Record<string, string> {
  return {
    ...CACHE_ENV,
    CURVINE_HOME: `${root}/home`,
    CURVINE_FLUID_RUN_DIR: `${root}/run`,
    FLUID_RUNTIME_COMPONENT_TYPE: component,
    FLUID_RUNTIME_CONFIG_PATH: `${root}/${file}`,
    HOSTNAME: `lake-${component}-0`,
  };
}

function cacheConfig(root: string, mounts: number, tiers: number): unknown {
  return {
    mounts: Array.from({ length: mounts }, (_, index) => ({
      mountPoint: `s3://bucket-${index}/data`,
      options: { endpoint_url: "http://minio:9000", region_name: "us-east-1", path_style: "true" },
      encryptOptions: { "access-key": "/etc/fluid/secrets/s3/ak" },
      name: `data-${index}`,
      path: `/data-${index}`,
    })),
    accessModes: ["ReadWriteMany"],
    targetPath: `${root}/target`,
    master: {
      enabled: true,
      name: "lake-master",
      options: { journal_port: "8996", rpc_port: "8995" },
      replicas: 3,
      service: { name: "svc-lake-master" },
    },
    worker: {
      enabled: true,
      name: "lake-worker",
      options: { dir_reserved: "0" },
      replicas: 2,
      service: { name: "svc-lake-worker" },
      tieredStoreLevels: Array.from({ length: tiers }, (_, index) => ({
        mountPaths: [`/cache-${index}`],
        mediumType: "HDD",
        quotas: ["100Gi"],
      })),
    },
    client: { enabled: true, name: "lake-client", service: { name: "" } },
  };
}

function thinConfig(root: string): unknown {
  return {
    mounts: [{
      mountPoint: "curvine:///data",
      options: { "master-endpoints": "127.0.0.1:8995", "io-threads": "8" },
      name: "data",
    }],
    targetPath: `${root}/target`,
    accessModes: ["ReadOnlyMany"],
  };
}
