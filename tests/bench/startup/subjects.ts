import { executable } from "../../support/requirements.ts";

/** A command whose start is timed. */
export interface Subject {
  readonly what: string;
  readonly wanted: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Resolves when the daemon has been executed; absent: the process' end counts. */
  until?(): Promise<void>;
}

const CACHE_ENV = {
  FLUID_DATASET_NAME: "lake",
  FLUID_DATASET_NAMESPACE: "ai",
};

/** Lays a CURVINE_HOME, runtime configs of several sizes and links into a folder. */
export async function installSubjects(root: string): Promise<void> {
  for (const folder of ["home/lib", "home/conf", "bin", "run"]) {
    Deno.mkdirSync(`${root}/${folder}`, { recursive: true });
  }
  // The server ends at once, so that the whole process' time is the time until it was executed.
  Deno.copyFileSync("/bin/true", `${root}/home/lib/curvine-server`);
  // The FUSE daemon says on a named pipe that it was executed, and stays until it is stopped.
  await new Deno.Command("mkfifo", { args: [`${root}/started`] }).output();
  Deno.writeTextFileSync(
    `${root}/home/lib/curvine-fuse`,
    `#!/bin/sh\necho >"${root}/started"\nexec sleep 60\n`,
    { mode: 0o755 },
  );
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
    wanted: "floor × 1.25",
    argv: [executable, component, "start"],
    env: cacheEnv(root, component, "cache.json"),
  });
  const started = async (): Promise<void> => {
    await Deno.readTextFile(`${root}/started`);
  };
  const thin = {
    CURVINE_HOME: `${root}/home`,
    CURVINE_FLUID_RUN_DIR: `${root}/run`,
    FLUID_RUNTIME_TYPE: "thin",
    FLUID_RUNTIME_CONFIG_PATH: `${root}/thin.json`,
  };
  const render = (file: string, wanted: string, what: string): Subject => ({
    what,
    wanted,
    argv: [executable, "render", "worker"],
    env: cacheEnv(root, "worker", file),
  });
  return [
    {
      what: "thin mode: exec to the daemon's exec",
      wanted: "floor × 1.2",
      argv: [executable],
      env: thin,
      until: started,
    },
    run("master"),
    run("worker"),
    { ...run("client"), until: started },
    {
      what: "health, no supervisor",
      wanted: "floor × 1.15",
      argv: [executable, "health"],
      env: thin,
    },
    { what: "applet uname -r", wanted: "floor × 1.15", argv: [`${root}/bin/uname`, "-r"], env: {} },
    { what: "applet sleep 0", wanted: "floor × 1.15", argv: [`${root}/bin/sleep`, "0"], env: {} },
    render("large.json", "floor + 60 ms", "render 1,000 mounts, 100 tiers"),
    render("huge.json", "linear", "render 10,000 mounts, 100 tiers"),
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
