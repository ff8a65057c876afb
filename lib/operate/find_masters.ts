import { headlessService, podName, shortDnsName } from "../plan/generate/cluster_names.ts";
import { defaultPort } from "../plan/curvine/key_table.ts";
import { type Endpoint, parseEndpoints } from "../plan/generate/endpoints.ts";
import type { HostLookup } from "../system/resolve_host.ts";
import type { PodLabels } from "./pod_labels.ts";

/** What tells where the masters are, the runtime config file aside. */
export interface MasterFacts {
  readonly env: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly namespace: string;
  /** `--master`, as given. */
  readonly masters: readonly string[];
  /** `--dataset`. */
  readonly dataset: string | undefined;
}

/** What finding them takes of the world. */
export interface MasterPorts {
  resolve(name: string): Promise<HostLookup>;
  labels(): Promise<PodLabels>;
  /** One message for people. */
  say(message: string): void;
}

/** Where the masters are, and how that is known. */
export type Masters =
  | { readonly ok: true; readonly endpoints: readonly Endpoint[]; readonly how: string }
  | { readonly ok: false; readonly tried: readonly string[] };

/** Curvine: ports. */
const DEFAULT_PORT = defaultPort("master");
/** A DNS server that answers every name would keep the probing from ending. */
const MAX_MASTERS = 15;
/** What people put behind a dataset's name to name its DataLoad. */
const SUFFIXES = /-(?:dataload|data-load|load|loader|preload|prefetch|warmup|warm-up)$/;

/**
 * Finds Curvine's masters for a job that mounts no runtime config: what somebody set, then the
 * dataset's name (set, from the pod's label, or from the job's name) and the masters' DNS names.
 *
 * Source: Fluid, DataLoad; Environment, volumes, names.
 */
export async function findMasters(facts: MasterFacts, ports: MasterPorts): Promise<Masters> {
  const { env } = facts;
  const tried: string[] = [];
  const given = givenMasters(facts);
  if (given !== undefined) {
    const parsed = parseEndpoints(given.text);
    if (!parsed.ok) return { ok: false, tried: [`${given.from}: ${parsed.message}`] };
    return { ok: true, endpoints: parsed.endpoints, how: given.from };
  }
  tried.push(
    "neither --master nor CURVINE_DATALOAD_MASTER_ADDRS nor CURVINE_DATALOAD_MASTER_HOST is set",
  );

  const name = facts.dataset || env["CURVINE_DATALOAD_DATASET"] || env["FLUID_DATASET_NAME"] ||
    env["CURVINE_DATASET_NAME"];
  if (name) return await probe([name], "the dataset's name is set", facts, ports, tried);
  tried.push("neither --dataset nor CURVINE_DATALOAD_DATASET nor FLUID_DATASET_NAME is set");

  const pod = await ports.labels();
  const labelled = pod.ok ? labelledDataset(pod.labels, facts.namespace) : undefined;
  if (labelled !== undefined) {
    return await probe([labelled], "the pod's label names the dataset", facts, ports, tried);
  }
  tried.push(pod.ok ? 'the pod has no label "targetDataset"' : pod.reason);

  const job = /^(.+?)-loader-job(?:-|$)/.exec(facts.hostname)?.[1];
  if (job === undefined) {
    tried.push(`the host name "${facts.hostname}" is not that of a DataLoad's job`);
    return { ok: false, tried };
  }
  return await probe(
    [...new Set([job, job.replace(SUFFIXES, "")])],
    `the job's host name is "${facts.hostname}"`,
    facts,
    ports,
    tried,
  );
}

function givenMasters(
  { env, masters }: MasterFacts,
): { readonly text: string; readonly from: string } | undefined {
  const port = env["CURVINE_DATALOAD_MASTER_PORT"] || String(DEFAULT_PORT);
  const withPort = (text: string): string =>
    text.split(/[,;\s]+/).filter((one) => one !== "")
      .map((one) => one.includes(":") ? one : `${one}:${port}`).join(",");
  if (masters.length > 0) return { text: withPort(masters.join(",")), from: "--master" };
  for (
    const from of [
      "CURVINE_DATALOAD_MASTER_ADDRS",
      "CURVINE_DATALOAD_MASTER_HOST",
      "CURVINE_MASTER_ENDPOINTS",
    ]
  ) {
    const text = env[from];
    if (text) return { text: withPort(text), from };
  }
  return undefined;
}

/** Fluid: DataLoad, `targetDataset`; `fluid.io/dataset-id` is `<namespace>-<name>`. */
function labelledDataset(
  labels: Readonly<Record<string, string>>,
  namespace: string,
): string | undefined {
  const target = labels["targetDataset"];
  if (target) return target;
  const id = labels["fluid.io/dataset-id"];
  const prefix = `${namespace}-`;
  return id?.startsWith(prefix) && id.length > prefix.length ? id.slice(prefix.length) : undefined;
}

async function probe(
  candidates: readonly string[],
  how: string,
  facts: MasterFacts,
  ports: MasterPorts,
  tried: string[],
): Promise<Masters> {
  const found: { dataset: string; endpoints: Endpoint[] }[] = [];
  for (const dataset of candidates) {
    const endpoints = await probeDataset(dataset, facts, ports);
    if (endpoints.length > 0) found.push({ dataset, endpoints });
    else tried.push(`"${masterName(dataset, 0, facts)}" does not resolve`);
  }
  const [only, other] = found;
  if (only === undefined) return { ok: false, tried };
  if (other !== undefined) {
    tried.push(
      `both "${only.dataset}" and "${other.dataset}" have masters; ` +
        "CURVINE_DATALOAD_DATASET must say which is meant",
    );
    return { ok: false, tried };
  }
  return {
    ok: true,
    endpoints: only.endpoints,
    how: `${how}; its masters resolve in namespace "${facts.namespace}"`,
  };
}

async function probeDataset(
  dataset: string,
  facts: MasterFacts,
  ports: MasterPorts,
): Promise<Endpoint[]> {
  const text = facts.env["CURVINE_DATALOAD_MASTER_PORT"] ?? "";
  const port = /^\d{1,5}$/.test(text) ? Number(text) : DEFAULT_PORT;
  const endpoints: Endpoint[] = [];
  while (endpoints.length < MAX_MASTERS) {
    const hostname = masterName(dataset, endpoints.length, facts);
    const lookup = await ports.resolve(hostname);
    if (lookup === "unknown") ports.say(`The name service does not answer for "${hostname}"`);
    if (lookup !== "found") return endpoints;
    endpoints.push({ hostname, port });
  }
  ports.say(`More than ${MAX_MASTERS} masters resolve; the first ${MAX_MASTERS} are taken`);
  return endpoints;
}

function masterName(dataset: string, ordinal: number, { namespace }: MasterFacts): string {
  const pod = podName(`${dataset}-master`, ordinal);
  return shortDnsName(pod, headlessService(dataset, "master"), namespace);
}
