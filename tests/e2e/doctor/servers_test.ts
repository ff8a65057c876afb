/** What a server's container can lack: its peers, its ports. */
import { type Exhibit, exhibit } from "./gallery.ts";
import { environment, files, FIRST, HERE, hosts, runtime, SECOND, THIRD } from "./lake.ts";
import type { StandInServer } from "../../support/stand_in_masters.ts";

const RAFT = 8996;
const raft = (address: string): StandInServer => ({ address, port: RAFT, rpc: "worker" });

/** The first of three masters. */
function master(one: Omit<Exhibit, "shows"> & Partial<Exhibit>): void {
  exhibit({
    shows: ["journal"],
    env: environment("master"),
    files: files(),
    hosts,
    hostname: "lake-master-0",
    before: HERE,
    ...one,
  });
}

master({
  name: "journal-well",
  illness: "a master reaches its peers",
  servers: [raft(SECOND), raft(THIRD)],
});

master({
  name: "journal-one-away",
  illness: "packets to one of a master's two peers are dropped",
  before: `ip address add ${FIRST}/32 dev lo; ip address add ${SECOND}/32 dev lo`,
  dropped: [THIRD],
  servers: [raft(SECOND)],
});

master({
  name: "journal-alone",
  illness: "a master reaches none of its peers: one refuses, the other's name does not exist",
  hosts: Object.fromEntries(Object.entries(hosts).slice(0, 2)),
});

master({
  name: "ports-taken",
  illness: "another program has a master's ports",
  servers: [
    { address: "0.0.0.0", port: 8995, rpc: "worker" },
    { address: "127.0.0.1", port: 9000, rpc: "worker" },
  ],
  program: "/usr/bin/minio",
  shows: ["ports"],
});

master({
  name: "ports-own",
  illness: "a master's ports are its own, or free",
  servers: [
    { address: FIRST, port: 8995, rpc: "worker" },
    { address: "0.0.0.0", port: 8996, rpc: "worker" },
  ],
  program: "/app/curvine/lib/curvine-server",
  shows: ["ports"],
});

/** The master in which Fluid runs mount-ufs, with a Dataset whose bucket wants a secret. */
function mountUfs(one: Omit<Exhibit, "shows"> & Partial<Exhibit>): void {
  const secret = "/etc/fluid/secrets/lake-secret/key";
  const config = runtime(1) as { mounts: object[] };
  const [mount] = config.mounts;
  master({
    shows: ["program", "secrets", "masters", "mounts"],
    servers: [{ address: FIRST, rpc: "leader", mounts: {} }],
    ...one,
    files: {
      "/etc/fluid/config/runtime.json": {
        ...config,
        mounts: [{ ...mount, encryptOptions: { "secret-key": secret } }],
      },
      [secret]: "never-to-be-shown",
      ...one.files,
    },
  });
}

mountUfs({
  name: "mount-ufs-no-cli",
  illness: "a master without Curvine's cli, with which mount-ufs mounts",
  before: `${HERE}\nmkdir -p $R/app/curvine/lib
ln -s /usr/local/bin/curvine-fluid $R/app/curvine/lib/curvine-server`,
});

mountUfs({
  name: "mount-ufs-no-secret",
  illness: "a master without the secret of the Dataset's mount",
  files: { "/etc/fluid/secrets/lake-secret/key": null },
  before: `${HERE}\nmkdir -p $R/app/curvine/lib
for name in curvine-server curvine-cli; do
  ln -s /usr/local/bin/curvine-fluid $R/app/curvine/lib/$name
done`,
});

/** A worker of one master, which is as the exhibit says. */
function worker(
  one: Pick<Exhibit, "name" | "illness">,
  known: NonNullable<StandInServer["workers"]>,
): void {
  const leader = { address: FIRST, rpc: "leader", workers: known } as const;
  exhibit({
    shows: ["workers"],
    env: environment("worker"),
    files: files(1),
    hosts: { ...hosts, [NAME]: SECOND },
    hostname: "lake-worker-0",
    before: HERE,
    servers: [leader, { address: SECOND, port: 8997, rpc: "worker" }],
    ...one,
  });
}

const NAME = "lake-worker-0.svc-lake-worker.ai.svc.cluster.local";

worker({ name: "worker-known", illness: "the master knows this worker" }, {
  live: [`${NAME}:8997`],
});

worker({ name: "worker-lost", illness: "this worker no longer reports to the master" }, {
  live: [`${SECOND}:8997`],
  lost: [`${NAME}:8997`],
});

worker({ name: "worker-unknown", illness: "the master does not know this worker" }, {});

exhibit({
  name: "ports-of-another-container",
  illness: "another client of the same pod has the port of the metrics and of the probes",
  shows: ["ports"],
  env: {
    FLUID_RUNTIME_TYPE: "thin",
    FLUID_RUNTIME_NS: "ai",
    FLUID_RUNTIME_NAME: "lake",
    CURVINE_FLUID_HTTP_ADDR: "0.0.0.0:9004",
  },
  files: {
    "/etc/fluid/config/config.json": {
      mounts: [{
        mountPoint: "curvine:///data",
        name: "data",
        options: { "master-endpoints": `${FIRST}:8995` },
      }],
      targetPath: "/runtime-mnt/thin/ai/lake/thin-fuse",
    },
  },
  // Whoever looks from a namespace of processes of its own does not see them.
  alone: true,
  servers: [
    { address: "0.0.0.0", port: 9003, rpc: "worker" },
    { address: "0.0.0.0", port: 9004, rpc: "worker" },
  ],
});
