import { findMasters, type Masters } from "../operate/find_masters.ts";
import { podLabels } from "../operate/pod_labels.ts";
import { namespaceOf } from "../plan/generate/cluster_names.ts";
import type { Host } from "../ports/host.ts";
import { httpGet } from "../system/http_get.ts";
import type { HostLookup } from "../system/resolve_host.ts";
import { inputsOf } from "./inputs_of.ts";

/** What a command line says of the masters, and how they are looked for. */
export interface JobMasters {
  readonly masters: readonly string[];
  readonly dataset: string | undefined;
  readonly namespace: string | undefined;
  resolve(name: string): Promise<HostLookup>;
  /** How long the Kubernetes API may take, in milliseconds; its own limit where absent. */
  readonly labelsLimit?: number;
  /** One message for people. */
  say(message: string): void;
}

/** Finds Curvine's masters for a job that mounts no runtime config. */
export async function mastersOfJob(given: JobMasters, host: Host): Promise<Masters> {
  const inputs = inputsOf(host, []);
  const { masters, dataset, resolve, labelsLimit, say } = given;
  const namespace = given.namespace ?? host.env["CURVINE_DATALOAD_NAMESPACE"] ??
    namespaceOf(inputs, undefined, undefined);
  return await findMasters(
    { env: host.env, hostname: inputs.hostname, namespace, masters, dataset },
    {
      resolve,
      labels: () =>
        podLabels(namespace, host.env["POD_NAME"] || inputs.hostname, {
          env: host.env,
          readFile: host.readFile,
          get: (url, request) =>
            httpGet(url, { ...request, limitMs: labelsLimit ?? request.limitMs }),
        }),
      say,
    },
  );
}
