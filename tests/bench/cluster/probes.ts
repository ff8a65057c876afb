import type { CurvineCluster, Pod } from "./curvine_cluster.ts";
import type { Periods } from "./values.ts";

/** A start that takes longer is none. */
const LIMIT_MS = 180_000;
/** Of a pod's log in an error. */
const LOG_LINES = 20;

/**
 * Asks as the kubelet does until a pod is ready: the startup probe at once and at every period, and
 * the readiness probe as soon as that has succeeded and then at its own. Commands are run even
 * where a sample asks over HTTP: the answer is the same and takes longer.
 *
 * @param since when the container was started, by `performance.now()`
 * @returns milliseconds from then on
 */
export async function kubeletSeesReady(
  cluster: CurvineCluster,
  pod: Pod,
  { startup, readiness }: Periods,
  since: number,
): Promise<number> {
  await untilHealthy(cluster, pod, "--live", startup, since);
  return await untilHealthy(cluster, pod, "--ready", readiness, since);
}

async function untilHealthy(
  cluster: CurvineCluster,
  pod: Pod,
  flag: string,
  period: number,
  since: number,
): Promise<number> {
  for (let next = performance.now();; next += period * 1000) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
    const { code, stderr } = await cluster.exec(pod, ["health", flag]);
    const took = performance.now() - since;
    if (code === 0) return took;
    if (took > LIMIT_MS) {
      const lines = pod.log().trimEnd().split("\n").slice(-LOG_LINES);
      throw new Error(
        `${pod.env["HOSTNAME"]} is not ready after ${LIMIT_MS / 1000} s: ` +
          `${new TextDecoder().decode(stderr)}${lines.join("\n")}`,
      );
    }
  }
}
