import assert from "node:assert/strict";
import { type PodLabels, podLabels } from "../../lib/operate/pod_labels.ts";
import { httpGet } from "../../lib/system/http_get.ts";
import { type Answer, type KubernetesApi, kubernetesApi } from "../support/kubernetes_api.ts";
import { missing } from "../support/requirements.ts";

const ignore = missing("tool:openssl");

function ask(api: KubernetesApi, folder = api.folder): Promise<PodLabels> {
  return podLabels("ai", "lake-load-loader-job-x", {
    env: { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: String(api.port) },
    readFile: (path) => {
      try {
        return Deno.readFileSync(path);
      } catch {
        return undefined;
      }
    },
    get: httpGet,
  }, folder);
}

function test(name: string, answer: Answer, work: (api: KubernetesApi) => Promise<void>): void {
  Deno.test({
    name: `pod labels: ${name}`,
    ignore,
    fn: async () => {
      await using api = await kubernetesApi(answer);
      await work(api);
    },
  });
}

const pod = (): Response => Response.json({ metadata: { labels: { targetDataset: "lake" } } });

test("asks for its own pod with the token, trusting the cluster's CA", pod, async (api) => {
  assert.deepEqual(await ask(api), { ok: true, labels: { targetDataset: "lake" } });
  assert.deepEqual(api.requests, ["GET /api/v1/namespaces/ai/pods/lake-load-loader-job-x token-1"]);
});

test("does not trust a server of another CA", pod, async (api) => {
  await using other = await kubernetesApi(pod);
  const answer = await ask(api, other.folder);
  assert(!answer.ok);
  assert.match(answer.reason, /did not answer: .*certificate/i);
  assert.deepEqual(api.requests, []);
});

test("explains a refusal", () => new Response("no", { status: 403 }), async (api) => {
  const answer = await ask(api);
  assert(!answer.ok);
  assert.match(answer.reason, /403.*Role with "get" on "pods" in namespace "ai"/);
  assert(!answer.reason.includes("token-1"));
});

test("takes what is no pod for no answer", () => new Response("<html>"), async (api) => {
  assert.deepEqual(await ask(api), {
    ok: false,
    reason: "the Kubernetes API answered something that is no pod",
  });
});

Deno.test({
  name: "pod labels: a server that never answers costs the limit only",
  ignore,
  fn: async () => {
    const silent = Promise.withResolvers<Response>();
    await using api = await kubernetesApi(() => silent.promise);
    const url = `https://127.0.0.1:${api.port}/`;
    const ca = Deno.readTextFileSync(`${api.folder}/ca.crt`);
    await assert.rejects(httpGet(url, { ca, limitMs: 200 }), /no answer within 200 ms/);
    silent.resolve(new Response("late"));
  },
});

Deno.test("pod labels: outside a cluster there is nobody to ask", async () => {
  const answer = await podLabels("ai", "x", {
    env: {},
    readFile: () => undefined,
    get: () => Promise.reject(new Error("must not be called")),
  });
  assert.deepEqual(answer, { ok: false, reason: "KUBERNETES_SERVICE_HOST is not set" });
});
