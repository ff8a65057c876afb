/** Why a DataLoad's job fails, as doctor finds it in the job's own container. */
import { type Exhibit, exhibit } from "./gallery.ts";
import { FIRST, HERE, runtime } from "./lake.ts";
import type { StandInServer } from "../../support/stand_in_masters.ts";

/** Curvine's cli is where the image has it; doctor does not run it. */
const CLI = "mkdir -p $R/app/curvine/lib\n" +
  "ln -s /usr/local/bin/curvine-fluid $R/app/curvine/lib/curvine-cli";

const WORKER: StandInServer = { address: FIRST, port: 8997, rpc: "worker" };
const LEADER: StandInServer = {
  address: FIRST,
  rpc: "leader",
  state: "Active",
  workers: { live: [`${FIRST}:8997`] },
  mounts: { "/data": "s3://bucket/data" },
};

/** The job of a DataLoad of the Dataset `lake`. */
function job(one: Omit<Exhibit, "shows"> & Partial<Exhibit>): void {
  exhibit({
    shows: ["mode", "program", "data-load", "masters", "workers", "load"],
    hostname: "lake-loader-job-x7k2p",
    env: { FLUID_DATALOAD_DATA_PATH: "/data/raw", CURVINE_DATALOAD_NAMESPACE: "ai" },
    hosts: { "lake-master-0.svc-lake-master.ai.svc": FIRST },
    servers: [LEADER, WORKER],
    before: `${HERE}\n${CLI}`,
    ...one,
  });
}

job({
  name: "data-load-well",
  illness: "a DataLoad finds masters, a worker and the mount",
});

job({
  name: "data-load-by-file",
  illness: "a DataLoad whose job has the runtime config",
  env: {
    FLUID_DATALOAD_DATA_PATH: "/data/raw",
    FLUID_RUNTIME_CONFIG_PATH: "/etc/fluid/config/runtime.json",
    FLUID_DATASET_NAMESPACE: "ai",
  },
  files: { "/etc/fluid/config/runtime.json": runtime(1) },
  hosts: { "lake-master-0.svc-lake-master.ai.svc.cluster.local": FIRST },
});

job({
  name: "data-load-no-masters",
  illness: "a DataLoad whose name says nothing of the Dataset",
  hostname: "nightly-loader-job-x7k2p",
  servers: [],
});

job({
  name: "data-load-no-service",
  illness: "a DataLoad's Dataset is named, whose masters' names do not exist",
  env: { FLUID_DATALOAD_DATA_PATH: "/data/raw", CURVINE_DATALOAD_DATASET: "pond" },
  servers: [],
});

job({
  name: "data-load-master-away",
  illness: "a DataLoad whose master does not run",
  servers: [],
});

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

job({
  name: "data-load-dropped",
  illness: "a DataLoad from which all packets are dropped, those to the Kubernetes API too",
  hostname: "lake-load-loader-job-x7k2p",
  env: {
    FLUID_DATALOAD_DATA_PATH: "/data/raw",
    KUBERNETES_SERVICE_HOST: "10.96.0.1",
    KUBERNETES_SERVICE_PORT: "443",
  },
  files: {
    [`${ACCOUNT}/token`]: "token",
    [`${ACCOUNT}/namespace`]: "ai",
  },
  hosts: {},
  nameserver: "10.96.0.10",
  servers: [],
  dropped: ["10.96.0.1", "10.96.0.10"],
  before: `${CLI}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=ca \\
  -keyout /dev/null -out $R${ACCOUNT}/ca.crt 2> /dev/null`,
});

job({
  name: "data-load-no-mount",
  illness: "a DataLoad of a path that is not mounted in Curvine",
  env: { FLUID_DATALOAD_DATA_PATH: "/data/raw:/other", CURVINE_DATALOAD_NAMESPACE: "ai" },
});

job({
  name: "data-load-no-worker",
  illness: "a DataLoad without a worker",
  servers: [{ ...LEADER, workers: {} }],
});

job({
  name: "data-load-no-cli",
  illness: "a DataLoad in an image without Curvine",
  before: HERE,
});
