import assert from "node:assert/strict";
import { type PodLabelPorts, podLabels } from "../../../lib/operate/pod_labels.ts";
import type { HttpAnswer, HttpRequest } from "../../../lib/system/http_get.ts";

const FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";
const FILES: Readonly<Record<string, string>> = {
  [`${FOLDER}/token`]: " t0ken\n",
  [`${FOLDER}/ca.crt`]: "-----CERT-----",
};

interface Asked {
  readonly url: string;
  readonly request: HttpRequest;
}

function ports(
  answer: HttpAnswer | Error,
  env: Record<string, string>,
  files: Readonly<Record<string, string>> = FILES,
): PodLabelPorts & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    env,
    asked,
    readFile: (path) =>
      files[path] === undefined ? undefined : new TextEncoder().encode(files[path]),
    get: (url, request) => {
      asked.push({ url, request });
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
}

const ENV = { KUBERNETES_SERVICE_HOST: "10.0.0.1" };
const POD = { status: 200, body: '{"metadata":{"labels":{"a":"b","n":1}}}' };

Deno.test("pod labels: asks for the pod by the service account, and takes texts alone", async () => {
  const world = ports(POD, ENV);
  assert.deepEqual(await podLabels("a b", "p/1", world), { ok: true, labels: { a: "b" } });
  assert.deepEqual(world.asked, [{
    url: "https://10.0.0.1:443/api/v1/namespaces/a%20b/pods/p%2F1",
    request: {
      headers: { authorization: "Bearer t0ken", accept: "application/json" },
      ca: "-----CERT-----",
      limitMs: 5000,
    },
  }]);
});

Deno.test("pod labels: the HTTPS port is the first choice, IPv6 stands in brackets", async () => {
  const cases: [Record<string, string>, string][] = [
    [{ KUBERNETES_SERVICE_PORT: "6443" }, "https://10.0.0.1:6443/"],
    [
      { KUBERNETES_SERVICE_PORT: "80", KUBERNETES_SERVICE_PORT_HTTPS: "8443" },
      "https://10.0.0.1:8443/",
    ],
    [{ KUBERNETES_SERVICE_HOST: "fd00::1" }, "https://[fd00::1]:443/"],
  ];
  for (const [env, wanted] of cases) {
    const world = ports(POD, { ...ENV, ...env });
    await podLabels("ns", "p", world);
    assert.equal(world.asked[0]?.url.slice(0, wanted.length), wanted);
  }
});

Deno.test("pod labels: without host, token or certificate nobody is asked", async () => {
  const [token, ca] = [`${FOLDER}/token`, `${FOLDER}/ca.crt`];
  const cases: [Record<string, string>, Record<string, string>, RegExp][] = [
    [{}, FILES, /^KUBERNETES_SERVICE_HOST is not set$/],
    [ENV, {}, /holds no token and certificate/],
    [ENV, { [ca]: "x" }, /holds no token/],
    [ENV, { [token]: "x" }, /holds no token/],
    [ENV, { [token]: " \n", [ca]: "x" }, /holds no token/],
  ];
  for (const [env, files, wanted] of cases) {
    const world = ports(POD, env, files);
    const found = await podLabels("ns", "p", world);
    assert(!found.ok);
    assert.match(found.reason, wanted);
    assert.deepEqual(world.asked, []);
  }
  const unreadable = { ...ports(POD, ENV), readFile: () => assert.fail("EACCES") };
  assert.equal((await podLabels("ns", "p", unreadable)).ok, false);
});

Deno.test("pod labels: a refusal names the Role that is wanted, every other answer its code", async () => {
  const reason = async (answer: HttpAnswer | Error): Promise<string> => {
    const found = await podLabels("ns", "p", ports(answer, ENV));
    return found.ok ? "ok" : found.reason;
  };
  for (const status of [401, 403]) {
    assert.match(
      await reason({ status, body: "" }),
      new RegExp(`refuses \\(${status}\\).*"get" on "pods" in namespace "ns"`),
    );
  }
  for (const status of [201, 404, 500]) {
    assert.match(
      await reason({ ...POD, status }),
      new RegExp(`answered ${status} for pod "ns/p"`),
    );
  }
  for (const body of ["", "[", '{"metadata":{"labels":3}}']) {
    assert.match(await reason({ status: 200, body }), /something that is no pod/);
  }
  const cause = new Error("outer", { cause: new Error("inner") });
  assert.match(await reason(cause), /at 10\.0\.0\.1:443 did not answer: inner$/);
  assert.match(await reason(new Error("plain")), /did not answer: plain$/);
});

Deno.test("pod labels: a pod without labels has none", async () => {
  for (const body of ["{}", '{"metadata":{}}', '{"metadata":{"labels":null}}']) {
    const found = await podLabels("ns", "p", ports({ status: 200, body }, ENV));
    assert.deepEqual(found, { ok: true, labels: {} });
  }
});
