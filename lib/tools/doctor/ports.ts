import { CURVINE_KEYS } from "../../plan/curvine/key_table.ts";
import { isTomlTable } from "../../plan/curvine/toml_value.ts";
import type { Plan } from "../../plan/plan.ts";
import { settingSpecs } from "../../plan/settings.ts";
import { fail, type Finding, ok, warn } from "./finding.ts";
import { type Holder, type TakenPort, takenPorts } from "./listening_sockets.ts";
import type { Patient } from "./patient.ts";
import type { Probe } from "./probe.ts";

/** Whether the ports that this component listens on are its own, or nobody's. */
export const portsProbe: Probe = { name: "ports", page: "ports", look };

function look({ draft, env, isHere, world }: Patient): Finding[] {
  if (draft === undefined || !isHere) return [];
  const wanted = wantedPorts(draft.plan, env);
  const taken = takenPorts(wanted.map(({ port }) => port), world);
  return judgePorts(wanted, taken, {
    daemon: draft.plan.process.argv[0] ?? "",
    self: world.readLink("/proc/self/exe"),
  });
}

/** A port that we or our daemon will listen on. */
export interface WantedPort {
  readonly port: number;
  /** What sets it: a key of Curvine's, or a setting of ours. */
  readonly setBy: string;
  /** What comes of it when somebody else has it; absent where the component does not start then. */
  readonly without?: string;
}

/** Which keys name ports that a component listens on. */
const KEYS: Readonly<Record<Plan["component"], readonly (readonly [string, string])[]>> = {
  master: [["master", "rpc_port"], ["master", "web_port"], ["journal", "rpc_port"]],
  worker: [["worker", "rpc_port"], ["worker", "web_port"]],
  transfer: [["transfer", "rpc_port"], ["transfer", "web_port"]],
  client: [["fuse", "web_port"]],
  fuse: [["fuse", "web_port"]],
};

/** The ports of a plan, and of our own endpoints where they are on TCP. */
export function wantedPorts(
  { component, config, process }: Pick<Plan, "component" | "config" | "process">,
  env: Readonly<Record<string, string>>,
): WantedPort[] {
  const ports = KEYS[component].map(([section, key]): WantedPort => {
    const table = config.toml[section];
    const given = isTomlTable(table) ? table[key] : undefined;
    const setBy = `${section}.${key}`;
    const isFuse = section === "fuse";
    return {
      port: Number(given ?? defaultOf(section, key)),
      setBy,
      ...(isFuse ? { without: "curvine-fuse runs on without its metrics" } : {}),
    };
  });
  const { httpAddr } = settingSpecs();
  const own = process.policy === "supervise" ? env[httpAddr.variable] : undefined;
  const address = own ? httpAddr.read(own.trim()) as { port: number } | undefined : undefined;
  return address === undefined
    ? ports
    : [...ports, { port: address.port, setBy: httpAddr.variable }];
}

function defaultOf(section: string, key: string): unknown {
  const sections: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> =
    CURVINE_KEYS;
  return sections[section]?.[key]?.[1];
}

/** @param own our daemon's executable, and ours */
export function judgePorts(
  wanted: readonly WantedPort[],
  taken: readonly TakenPort[],
  own: { readonly daemon: string; readonly self: string | undefined },
): Finding[] {
  const free: number[] = [];
  const held = new Map<string, number[]>();
  const findings = wanted.flatMap(({ port, setBy, without }) => {
    const holders = taken.filter((one) => one.port === port).map(({ holder }) => holder);
    const ours = holders.find((holder) => holder !== undefined && isOurs(holder, own));
    if (holders.length === 0) free.push(port);
    else if (ours !== undefined) {
      const name = described(ours);
      held.set(name, [...held.get(name) ?? [], port]);
    } else return [taking(port, setBy, without, holders[0])];
    return [];
  });
  const fine = [
    ...[...held].map(([name, ports]) => `${name} of ours listens on ${ports.join(", ")}`),
    ...(free.length === 0 ? [] : [`nobody listens on ${free.join(", ")}`]),
  ];
  return fine.length === 0 ? findings : [...findings, ok("ports", fine.join("; "))];
}

function taking(
  port: number,
  setBy: string,
  without: string | undefined,
  holder: Holder | undefined,
): Finding {
  // Its arguments may hold what nobody may see.
  const who = holder === undefined ? "a process outside of this container" : described(holder);
  const seen = `${port} (${setBy}) is taken by ${who}`;
  const mend = holder === undefined
    ? `another container of this pod, or with hostNetwork of this node, has it: set ${setBy} to ` +
      "another port, or leave hostNetwork"
    : `end it, or set ${setBy} to another port`;
  return without === undefined
    ? fail("ports", seen, mend, "ports")
    : warn("ports", `${seen}; ${without}`, mend, "ports");
}

/** A script's process shows its interpreter first, so the second word counts as well. */
function isOurs(
  { argv, executable }: Holder,
  { daemon, self }: { readonly daemon: string; readonly self: string | undefined },
): boolean {
  return argv.slice(0, 2).includes(daemon) || executable === daemon ||
    (self !== undefined && executable === self);
}

function described({ pid, argv, executable }: Holder): string {
  const program = argv[0] ?? executable ?? "process";
  return `${program.slice(program.lastIndexOf("/") + 1)} (pid ${pid})`;
}
