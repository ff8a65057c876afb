import type { HttpAnswer, HttpRequest } from "../system/http_get.ts";

/** Where a pod's service account lies. */
export const SERVICE_ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Fluid waits for no answer of Kubernetes; neither do we for long. */
const LIMIT_MS = 5_000;

/** What asking Kubernetes takes. */
export interface PodLabelPorts {
  readonly env: Readonly<Record<string, string>>;
  readFile(path: string): Uint8Array | undefined;
  get(url: string, request: HttpRequest): Promise<HttpAnswer>;
}

/** The pod's labels, or why they cannot be had. */
export type PodLabels =
  | { readonly ok: true; readonly labels: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads our own pod's labels from the Kubernetes API, with the certificate and the token that
 * every pod has. It never throws: it is one way among several.
 *
 * @param folder of the service account, for tests
 */
export async function podLabels(
  namespace: string,
  pod: string,
  ports: PodLabelPorts,
  folder: string = SERVICE_ACCOUNT_FOLDER,
): Promise<PodLabels> {
  const { env } = ports;
  const host = env["KUBERNETES_SERVICE_HOST"];
  const port = env["KUBERNETES_SERVICE_PORT_HTTPS"] || env["KUBERNETES_SERVICE_PORT"] || "443";
  if (!host) return no("KUBERNETES_SERVICE_HOST is not set");
  const token = text(`${folder}/token`, ports)?.trim();
  const ca = text(`${folder}/ca.crt`, ports);
  if (!token || !ca) {
    return no(`"${folder}" holds no token and certificate (automountServiceAccountToken?)`);
  }
  const authority = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${
    encodeURIComponent(pod)
  }`;
  let answer: HttpAnswer;
  try {
    answer = await ports.get(`https://${authority}${path}`, {
      headers: { authorization: `Bearer ${token}`, accept: "application/json" },
      ca,
      limitMs: LIMIT_MS,
    });
  } catch (error) {
    return no(`the Kubernetes API at ${authority} did not answer: ${messageOf(error)}`);
  }
  if (answer.status === 401 || answer.status === 403) {
    return no(
      `the Kubernetes API refuses (${answer.status}): the service account may not read pods; ` +
        `a Role with "get" on "pods" in namespace "${namespace}" would allow it`,
    );
  }
  if (answer.status !== 200) {
    return no(`the Kubernetes API answered ${answer.status} for pod "${namespace}/${pod}"`);
  }
  return labelsOf(answer.body) ?? no("the Kubernetes API answered something that is no pod");
}

function labelsOf(body: string): PodLabels | undefined {
  try {
    const labels: unknown = JSON.parse(body)?.metadata?.labels ?? {};
    if (typeof labels !== "object" || labels === null) return undefined;
    const entries = Object.entries(labels)
      .filter((entry): entry is [string, string] => typeof entry[1] === "string");
    return { ok: true, labels: Object.fromEntries(entries) };
  } catch {
    return undefined;
  }
}

function text(path: string, { readFile }: PodLabelPorts): string | undefined {
  try {
    const bytes = readFile(path);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  } catch {
    return undefined;
  }
}

/** The innermost cause tells what happened; the outer ones only that something did. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? messageOf(error.cause) : error.message;
}

function no(reason: string): PodLabels {
  return { ok: false, reason };
}
