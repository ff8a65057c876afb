/** Masters and their workers as a client meets them: what is wrong with them, and what doctor says. */
import { type Exhibit, exhibit } from "./gallery.ts";
import { environment, files, FIRST, HERE, hosts, SECOND, THIRD } from "./lake.ts";
import type { StandInServer } from "../../support/stand_in_masters.ts";

const WORKER: StandInServer = { address: FIRST, port: 8997, rpc: "worker" };
const LEADER: StandInServer = {
  address: FIRST,
  rpc: "leader",
  state: "Active",
  workers: { live: [`${FIRST}:8997`] },
  mounts: { "/data": "s3://bucket/data" },
};
const follower = (address: string): StandInServer => ({
  address,
  rpc: "follower",
  state: "Standby",
});
const FOLLOWERS = [follower(SECOND), follower(THIRD)];
const WELL = [LEADER, WORKER, ...FOLLOWERS];

/** A client of three masters. */
function client(one: Omit<Exhibit, "shows"> & Partial<Exhibit>): void {
  exhibit({
    shows: ["masters", "workers", "clock", "mounts"],
    env: environment("client"),
    files: files(),
    hosts,
    before: HERE,
    ...one,
  });
}

/** A ThinRuntime's client of masters that its options name. */
function thinClient(endpoints: readonly string[], one: Parameters<typeof client>[0]): void {
  client({
    env: { FLUID_RUNTIME_TYPE: "thin", FLUID_RUNTIME_NS: "ai", FLUID_RUNTIME_NAME: "lake" },
    files: {
      "/etc/fluid/config/config.json": {
        mounts: [{
          mountPoint: "curvine:///data",
          name: "data",
          options: { "master-endpoints": endpoints.join(",") },
        }],
        targetPath: "/runtime-mnt/thin/ai/lake/thin-fuse",
      },
    },
    ...one,
  });
}

client({
  name: "masters-well",
  illness: "a leader, its followers and a worker are well",
  servers: WELL,
});

client({
  name: "masters-one-down",
  illness: "one of three masters refuses connections",
  servers: [LEADER, WORKER, follower(SECOND)],
});

client({
  name: "masters-refused",
  illness: "the only master refuses connections",
  files: files(1),
});

client({
  name: "masters-dropped",
  illness: "packets to all masters are dropped",
  before: "",
  dropped: [FIRST, SECOND, THIRD],
});

client({
  name: "masters-unreachable",
  illness: "there is no way to any master",
  before: "",
  unreachable: [FIRST, SECOND, THIRD],
});

client({
  name: "masters-no-name",
  illness: "the masters' names do not exist, for the headless service is missing",
  hosts: {},
  files: files(1),
});

client({
  name: "masters-no-such-domain",
  illness: "the name service says that the masters' names do not exist",
  hosts: {},
  files: files(1),
  nameserver: "127.0.0.53",
  servers: [{ address: "127.0.0.53", dns: "absent" }],
});

client({
  name: "masters-no-name-service",
  illness: "packets to the name service are dropped",
  hosts: {},
  nameserver: "10.96.0.10",
  dropped: ["10.96.0.10"],
});

client({
  name: "masters-at-a-desk",
  illness: "the cluster's names are looked up on a machine that is no pod",
  env: { ...environment("client"), KUBERNETES_SERVICE_HOST: "" },
  hosts: {},
  files: files(1),
});

client({
  name: "masters-no-leader",
  illness: "three masters follow and none leads",
  servers: [follower(FIRST), ...FOLLOWERS],
});

client({
  name: "masters-two-leaders",
  illness: "two masters lead: they are of different clusters",
  servers: [LEADER, WORKER, { ...LEADER, address: SECOND }, follower(THIRD)],
});

client({
  name: "masters-exit",
  illness: "a master has left its Raft group",
  servers: [LEADER, WORKER, follower(SECOND), { ...follower(THIRD), state: "Exit" }],
});

client({
  name: "masters-slow",
  illness: "the leader answers late",
  servers: [{ ...LEADER, lag: 1_400 }, WORKER, ...FOLLOWERS],
});

thinClient(["10.1.0.10:8995", "10.1.0.11:8995", "10.1.0.12:8995"], {
  name: "masters-strange",
  illness: "what takes the connections answers nothing, hangs up, or speaks another language",
  servers: [
    { address: FIRST, rpc: "mute" },
    { address: SECOND, rpc: "closes" },
    { address: THIRD, rpc: "garbage" },
  ],
});

thinClient(["10.1.0.10:9000", "10.1.0.11:8995"], {
  name: "masters-wrong-port",
  illness: "a web port is given for a master's, and another master refuses such a client",
  servers: [
    { address: FIRST, port: 9000, rpc: "http" },
    { address: SECOND, rpc: "error" },
  ],
});

thinClient(["m1.example.com:8995"], {
  name: "masters-misspelt",
  illness: "an endpoint's name is misspelt",
});

client({
  name: "workers-none",
  illness: "no worker is alive",
  files: files(1),
  servers: [{ ...LEADER, workers: { lost: ["lake-worker-0:8997"] } }],
});

client({
  name: "workers-lost",
  illness: "workers no longer report, and one cannot be connected to",
  files: files(1),
  servers: [{
    ...LEADER,
    workers: {
      live: [`${FIRST}:8997`, `${SECOND}:8997`],
      blacklisted: ["lake-worker-2:8997"],
      lost: ["lake-worker-3:8997"],
    },
  }, WORKER],
});

client({
  name: "workers-out-of-reach",
  illness: "packets to all workers are dropped",
  files: files(1),
  dropped: ["10.1.0.99"],
  servers: [{ ...LEADER, workers: { live: ["10.1.0.99:8997", "lake-worker-1:8997"] } }],
});

client({
  name: "workers-no-room",
  illness: "the workers have no room",
  files: files(1),
  servers: [{ ...LEADER, capacity: 0 }, WORKER],
});

client({
  name: "clock-ahead",
  illness: "a master's clock is half a minute ahead",
  servers: [LEADER, WORKER, follower(SECOND), { ...follower(THIRD), clock: 30_000 }],
});

client({
  name: "clock-behind",
  illness: "the leader's clock is three hours behind",
  servers: [{ ...LEADER, clock: -3 * 3_600_000 }, WORKER, ...FOLLOWERS],
});

client({
  name: "mounts-missing",
  illness: "Curvine lacks the mount of the Dataset",
  files: files(1),
  servers: [{ ...LEADER, mounts: {} }, WORKER],
});

client({
  name: "mounts-other",
  illness: "Curvine has something else mounted where the Dataset wants its own",
  files: files(1),
  servers: [{ ...LEADER, mounts: { "/data": "s3://elsewhere/data" } }, WORKER],
});
