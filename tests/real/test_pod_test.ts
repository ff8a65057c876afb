import assert from "node:assert/strict";
import { S3Server } from "../support/s3_server.ts";
import { kustomize, type YamlObject } from "../unit/manifests/kustomize.ts";
import { missingCurvine, RealCluster } from "./real_cluster.ts";
import { mountOf } from "./s3_mount.ts";

const MANIFESTS = new URL("../../manifests", import.meta.url).pathname;

Deno.test({
  name:
    "real Curvine: the pod that tries the volume writes, reads and removes its file as its user",
  ignore: missingCurvine(),
  async fn(): Promise<void> {
    await using s3 = new S3Server("lake");
    s3.put("lake", "raw/a.txt", "hello");
    const before = s3.picture("lake");
    const accessModes = ["ReadWriteMany"];
    await using cluster = await RealCluster.start({
      mounts: [{ ...mountOf(s3), path: "/data" } as never],
      accessModes,
    });
    const mounted = await cluster.run("master", ["mount-ufs"]);
    assert.equal(mounted.stdout, '{"mounted":["/data"]}\n', mounted.stderr);
    cluster.start("client");
    await cluster.healthy("client");

    const [pod] = await kustomize(`${MANIFESTS}/test-pod`);
    const spec = pod?.["spec"] as YamlObject;
    const { runAsUser, runAsGroup } = spec["securityContext"] as Record<string, number>;
    const [{ command, args }] = spec["containers"] as [{ command: string[]; args: string[] }];
    // The first part of a path is where the volume is mounted, what follows is the Dataset's.
    const script = args.map((text) =>
      text.replaceAll(/\/data(?=\/|$)(?<!\/data\/data)/gm, cluster.target)
    );
    // In a pod the volume is bound to where everybody may look; here it lies in root's own folders.
    for (let at = parent(cluster.target); at.startsWith("/tmp/"); at = parent(at)) {
      await Deno.chmod(at, 0o755);
    }
    const ran = await cluster.exec([
      "setpriv",
      `--reuid=${runAsUser}`,
      `--regid=${runAsGroup}`,
      "--clear-groups",
      ...command,
      ...script,
    ]);
    assert.equal(ran.code, 0, ran.stderr);
    // As docs/quickstart-cacheruntime.md shows it.
    assert.match(ran.stdout, /^total (.*\n)+drwxrwxrwx .* data\n.* 20\d\d\n$/);
    assert.deepEqual(s3.picture("lake"), before);
  },
});

function parent(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
