/** What a server's container can lack: its peers, its ports. */
import { type Exhibit, exhibit } from "./gallery.ts";
import { environment, files, FIRST, HERE, hosts, SECOND, THIRD } from "./lake.ts";
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
