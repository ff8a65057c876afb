import { missing } from "../../support/requirements.ts";

/** Set in the process that runs inside: it must not go in again. */
const INSIDE = "CURVINE_FLUID_BENCH_INSIDE";
const BRIDGE = "pods";
const BRIDGE_ADDRESS = "10.98.0.1";
const HOSTS = "/etc/hosts";

/**
 * Runs the rest of this program in namespaces of its own (mounts, network, processes), so that
 * mounts, pods and servers end with it, however it ends. Returns only inside.
 *
 * @param hosts a file that becomes `/etc/hosts` inside, where pods get their names
 */
export async function enterNamespaces(hosts: string): Promise<void> {
  if (Deno.env.get(INSIDE) === undefined) {
    const { code } = await new Deno.Command("unshare", {
      args: [
        ...["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"],
        ...[Deno.execPath(), "run", "--allow-all", Deno.mainModule, ...Deno.args],
      ],
      env: { [INSIDE]: hosts },
    }).spawn().status;
    Deno.exit(code);
  }
  // The first process of a PID namespace dies of a signal that nobody listens to.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => Deno.exit(130));
  }
  Deno.writeTextFileSync(hosts, "127.0.0.1 localhost\n");
  await run("mount", "--bind", hosts, HOSTS);
  Deno.mkdirSync("/run/netns", { recursive: true });
  await run("mount", "-t", "tmpfs", "tmpfs", "/run/netns");
  await run("ip", "link", "set", "lo", "up");
  await run("ip", "link", "add", BRIDGE, "type", "bridge");
  await run("ip", "address", "add", `${BRIDGE_ADDRESS}/16`, "dev", BRIDGE);
  await run("ip", "link", "set", BRIDGE, "up");
}

/** What {@linkcode enterNamespaces} and pods take. */
export function networkMissing(): boolean {
  return missing("root", "tool:unshare", "tool:nsenter", "tool:ip", "tool:nft", "tool:mount");
}

/**
 * Lets pods reach a port that is open on our own loopback.
 *
 * @returns the address and port that they use
 */
export function relayToPods(port: number): string {
  const listener = Deno.listen({ hostname: BRIDGE_ADDRESS, port: 0 });
  void (async () => {
    for await (const pod of listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      void Promise.allSettled([
        pod.readable.pipeTo(server.writable),
        server.readable.pipeTo(pod.writable),
      ]);
    }
  })();
  return `${BRIDGE_ADDRESS}:${listener.addr.port}`;
}

let pods = 0;

/** A network of one pod's own, with an address; its name is what `/etc/hosts` says it is. */
export class PodNetwork {
  private constructor(readonly name: string, readonly address: string) {}

  /** @param name its DNS name; another pod that had it loses it, as after a move */
  static async make(name: string): Promise<PodNetwork> {
    const id = ++pods;
    const netns = `pod${id}`;
    const address = `10.98.${id >> 8}.${(id & 255) + 1}`;
    await run("ip", "netns", "add", netns);
    await run(
      ...["ip", "link", "add", `veth${id}`, "type", "veth", "peer", "name", "eth0"],
      ...["netns", netns],
    );
    await run("ip", "link", "set", `veth${id}`, "master", BRIDGE, "up");
    await run("ip", "-n", netns, "link", "set", "lo", "up");
    await run("ip", "-n", netns, "address", "add", `${address}/16`, "dev", "eth0");
    await run("ip", "-n", netns, "link", "set", "eth0", "up");
    const others = Deno.readTextFileSync(HOSTS).split("\n")
      .filter((line) => line !== "" && !line.endsWith(` ${name}`));
    // In place: a new file would not be the one that is mounted.
    Deno.writeTextFileSync(HOSTS, [...others, `${address} ${name}`, ""].join("\n"));
    return new PodNetwork(name, address);
  }

  /** The words that run a command in this network; the process keeps its id. */
  inside(argv: readonly string[]): string[] {
    return ["nsenter", `--net=/run/netns/${this.netns}`, "--", ...argv];
  }

  /** From now on packets to and from its address are dropped: nobody refuses, nobody resets. */
  async drop(): Promise<void> {
    const chain = (hook: string): string =>
      `add chain inet gone ${hook} { type filter hook ${hook} priority 0; policy drop; }`;
    const rules = ["add table inet gone", chain("input"), chain("output")];
    await run(...this.inside(["nft", rules.join("\n")]));
  }

  private get netns(): string {
    const [, , high = "0", low = "0"] = this.address.split(".");
    return `pod${Number(high) * 256 + Number(low) - 1}`;
  }
}

async function run(...argv: string[]): Promise<void> {
  const [program = "", ...args] = argv;
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(`${argv.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
