import { run } from "./run.ts";

/** A small Kubernetes API server with a certificate of its own CA, and a service account for it. */
export interface KubernetesApi extends AsyncDisposable {
  readonly port: number;
  /** The service account's folder: `token`, `ca.crt`, `namespace`. */
  readonly folder: string;
  /** The requests so far: `GET /path bearer-token`. */
  readonly requests: string[];
}

/** What the server answers. */
export type Answer = (path: string) => Response | Promise<Response>;

/** Starts it. Needs openssl. */
export async function kubernetesApi(answer: Answer, token = "token-1"): Promise<KubernetesApi> {
  const dir = Deno.makeTempDirSync({ prefix: "kubernetes-" });
  const folder = `${dir}/serviceaccount`;
  Deno.mkdirSync(folder);
  await certificates(dir);
  Deno.copyFileSync(`${dir}/ca.crt`, `${folder}/ca.crt`);
  Deno.writeTextFileSync(`${folder}/token`, `${token}\n`);
  Deno.writeTextFileSync(`${folder}/namespace`, "ai");
  const requests: string[] = [];
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    cert: Deno.readTextFileSync(`${dir}/server.crt`),
    key: Deno.readTextFileSync(`${dir}/server.key`),
    onListen: () => {},
  }, (request) => {
    const { pathname } = new URL(request.url);
    const bearer = request.headers.get("authorization")?.replace(/^Bearer /, "");
    requests.push(`${request.method} ${pathname} ${bearer}`);
    return answer(pathname);
  });
  return {
    port: server.addr.port,
    folder,
    requests,
    async [Symbol.asyncDispose](): Promise<void> {
      await server.shutdown();
      Deno.removeSync(dir, { recursive: true });
    },
  };
}

async function certificates(cwd: string): Promise<void> {
  const key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
  await Deno.writeTextFile(
    `${cwd}/extensions`,
    "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n",
  );
  for (
    const words of [
      `req -x509 ${key} -keyout ca.key -out ca.crt -days 2 -subj /CN=kubernetes`,
      `req ${key} -keyout server.key -out server.csr -subj /CN=kube-apiserver`,
      "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out server.crt -days 2 " +
      "-extfile extensions",
    ]
  ) await run(["openssl", ...words.split(" ")], { cwd });
}
