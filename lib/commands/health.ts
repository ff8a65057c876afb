import type { Invocation } from "../cli/command.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { curvinePaths } from "../plan/curvine/paths.ts";
import { detectMode } from "../plan/detect_mode.ts";
import { rpcAddress, type Server } from "../plan/curvine/rpc_address.ts";
import { askSupervisor } from "../supervise/control_client.ts";
import { connectTcp } from "../system/connect_tcp.ts";
import type { Host } from "../ports/host.ts";
import { controlClientFor } from "./control_client_for.ts";
import { inputsOf } from "./inputs_of.ts";

export { HEALTH_FLAGS as flags } from "../cli/health_flags.ts";

/** A probe of Kubernetes gives up after a second unless it is told otherwise. */
const DEADLINE_MS = 5000;
const CONNECT_MS = 2000;
/** A master's web server that is slower than this tells nothing. */
const STATE_MS = 500;

/**
 * Says by its exit code whether this container is well: a FUSE client's supervisor is asked, a
 * server's RPC port is connected to.
 */
export async function command({ operands, flags }: Invocation, host: Host): Promise<number> {
  const { component } = detectMode(inputsOf(host, operands));
  const problem = component === "master" || component === "worker" || component === "transfer"
    ? await serverProblem(component, flags.has("live"), host)
    : await supervisorProblem(flags.has("live") ? "/livez" : "/readyz", host);
  if (problem === undefined) return ExitCode.Done;
  host.stderr(`curvine-fluid: not healthy: ${problem}\n`);
  return ExitCode.No;
}

async function supervisorProblem(path: string, host: Host): Promise<string | undefined> {
  const answer = await askSupervisor("GET", path, controlClientFor(host, DEADLINE_MS));
  if (answer === undefined) return "no supervisor answers";
  return answer.status === 200 ? undefined : answer.body.trim();
}

async function serverProblem(
  component: Server,
  live: boolean,
  host: Host,
): Promise<string | undefined> {
  const { conf } = curvinePaths(host.env);
  const bytes = host.readFile(conf);
  if (bytes === undefined) return `there is no configuration at ${JSON.stringify(conf)} yet`;
  const { parseToml } = await import("../plan/curvine/parse_toml.ts");
  const toml = parseToml(new TextDecoder().decode(bytes));
  const address = rpcAddress(toml, component);
  let hostname = "127.0.0.1";
  let problem = await connectTcp(hostname, address.port, CONNECT_MS);
  if (problem !== undefined) {
    // Without ORPC_BIND_HOSTNAME a server listens on its own name's address only.
    ({ hostname } = address);
    problem = await connectTcp(hostname, address.port, CONNECT_MS);
  }
  if (problem !== undefined) {
    return `${component} does not listen on port ${address.port}: ${problem}`;
  }
  if (component !== "master") return undefined;
  const { masterHealth } = await import("../operate/master_state.ts");
  const { masterWebPort } = await import("../plan/curvine/master_web_port.ts");
  const { httpGet } = await import("../system/http_get.ts");
  const health = await masterHealth(hostname, masterWebPort(toml), STATE_MS, httpGet);
  if (live ? !health.alive : !health.ready) return health.remark;
  if (health.remark !== undefined && health.ready) {
    host.stderr(`curvine-fluid: healthy: ${health.remark}\n`);
  }
  return undefined;
}
