import { CommandError } from "../../ports/command_error.ts";
import { ExitCode } from "../../ports/exit_code.ts";
import { isTomlTable, type TomlTable, tomlTable } from "../../plan/curvine/toml_value.ts";
import type { Host } from "../../ports/host.ts";
import {
  ownPid,
  type PlainChild,
  removeFile,
  sendSignal,
  startPlainChild,
  stateOfProcess,
} from "../../system/simulation.ts";

/** Tells the stand-in how to mount: `bindfs`, or the file to write down that it has. */
export const STAND_IN_VARIABLE = "CURVINE_FLUID_STAND_IN";
/** The folder that the mount shows. */
export const STAND_IN_SHOWS = "CURVINE_FLUID_STAND_IN_SHOWS";
/** Where bindfs is: the simulated container's own `PATH` need not lead there. */
export const STAND_IN_BINDFS = "CURVINE_FLUID_STAND_IN_BINDFS";

const LOOK_MS = 50;

/**
 * Takes the part of `curvine-fuse` or `curvine-server` in a simulation, and says so. It knows their
 * command lines and signals, and nothing of Curvine's data.
 *
 * Source: Curvine, curvine-fuse; curvine-server.
 *
 * @param words the program's name, then what it was started with
 */
export async function standIn(words: readonly string[], host: Host): Promise<number> {
  const [role, ...args] = words;
  if (host.env[STAND_IN_VARIABLE] === undefined) {
    throw new CommandError(
      "Cannot stand in: only curvine-fluid simulate starts this",
      ExitCode.Usage,
    );
  }
  const conf = valueOf(args, "--conf") ?? "";
  if (args.includes("validate-config")) return await validate(conf, host);
  if (role === "curvine-server") return await serve(args, conf, host);
  return await mount(args, conf, host);
}

/** A flag's value. Everything behind `--` is left as it was. */
function valueOf(args: readonly string[], flag: string): string | undefined {
  const index = args.indexOf(flag);
  return index < 0 ? undefined : args[index + 1];
}

async function readConf(path: string, host: Host): Promise<TomlTable> {
  const bytes = host.readFile(path);
  if (bytes === undefined) throw new Error(`cannot read ${path}`);
  const { parseToml } = await import("../../plan/curvine/parse_toml.ts");
  return tomlTable(Object.entries(parseToml(new TextDecoder().decode(bytes)) as TomlTable));
}

async function validate(conf: string, host: Host): Promise<number> {
  try {
    await readConf(conf, host);
    host.stdout(`Loaded configuration from ${conf}\n`);
    return ExitCode.Done;
  } catch (error) {
    host.stderr(`Error: ${(error as Error).message}\n`);
    return ExitCode.No;
  }
}

async function serve(args: readonly string[], conf: string, host: Host): Promise<number> {
  const service = valueOf(args, "--service") ?? "?";
  const toml = await readConf(conf, host);
  const section = toml[service];
  const port = isTomlTable(section) ? String(section["rpc_port"]) : "?";
  say(host, `curvine-server: as ${service}; the real one would listen on port ${port}`);
  const signal = await new Promise<string>((done) => {
    host.signals.takeOver((signal) => done(signal));
    keepAlive();
  });
  say(host, `curvine-server: ${signal}, leaving`);
  return ExitCode.Done;
}

async function mount(args: readonly string[], conf: string, host: Host): Promise<number> {
  const target = valueOf(args, "--mnt-path") ?? "";
  const fuse = (await readConf(conf, host))["fuse"];
  const threads = isTomlTable(fuse) ? fuse["io_threads"] ?? "its default" : "its default";
  const statePath = host.env["CURVINE_FUSE_STATE_PATH"];
  const server = statePath === undefined
    ? beginMount(target, host)
    : continueMount(target, statePath, host);
  say(
    host,
    `curvine-fuse: ${
      statePath === undefined ? "mounting" : "taking the mount over"
    }, io_threads ${threads}`,
  );
  return await new Promise<number>((done) => {
    host.signals.takeOver((signal) => {
      if (signal === "SIGUSR1") {
        done(handOver(server, args, host));
      } else if (signal !== "SIGUSR2") {
        server.end();
      }
    });
    void server.ended.then(done);
    keepAlive();
  });
}

/** Whoever serves the mount: bindfs, or a note that says that we do. */
interface Server {
  readonly pid: number;
  /** The mount's number: it stays the same over a hot reload. */
  readonly id: number;
  readonly ended: Promise<number>;
  end(): void;
}

function beginMount(target: string, host: Host): Server {
  host.makeFolder(target);
  const how = host.env[STAND_IN_VARIABLE] ?? "";
  if (how !== "bindfs") return noteMount(target, how, ownPid(), host);
  const shown = host.env[STAND_IN_SHOWS] ?? "/nonexistent";
  const child: PlainChild = startPlainChild([
    host.env[STAND_IN_BINDFS] ?? "bindfs",
    "-f",
    "-o",
    "fsname=curvinefs,subtype=curvinefs",
    shown,
    target,
  ]);
  return { ...child, id: child.pid, end: () => sendSignal(child.pid, "SIGTERM") };
}

function noteMount(target: string, note: string, id: number, host: Host): Server {
  host.writeFile(note, JSON.stringify({ target, pid: ownPid(), id }), 0o600);
  const ended = Promise.withResolvers<number>();
  return {
    pid: ownPid(),
    id,
    ended: ended.promise,
    end(): void {
      removeFile(note);
      ended.resolve(ExitCode.Done);
    },
  };
}

/** After a hot reload: the mount is there, and its server is not our child. */
function continueMount(target: string, statePath: string, host: Host): Server {
  const state = JSON.parse(new TextDecoder().decode(host.readFile(statePath))) as {
    readonly pid: number;
    readonly id: number;
  };
  removeFile(statePath);
  const how = host.env[STAND_IN_VARIABLE] ?? "";
  if (how !== "bindfs") return noteMount(target, how, state.id, host);
  // Whoever hung with the stand-in before is to answer again.
  sendSignal(state.pid, "SIGCONT");
  const ended = new Promise<number>((done) => {
    const look = (): void => {
      if (stateOfProcess(state.pid) === "gone") done(ExitCode.Done);
      else setTimeout(look, LOOK_MS);
    };
    look();
  });
  return { ...state, ended, end: () => sendSignal(state.pid, "SIGTERM") };
}

/** Hot reload: the successor is begun, then we go; the mount stays. Curvine: Hot reload. */
function handOver(server: Server, args: readonly string[], host: Host): number {
  const path = `${host.env["TMPDIR"] ?? "/tmp"}/curvine_fuse_state_${ownPid()}.data`;
  host.writeFile(path, JSON.stringify({ pid: server.pid, id: server.id }), 0o600);
  const program = `${host.env["CURVINE_HOME"]}/lib/curvine-fuse`;
  startPlainChild([program, ...args], { CURVINE_FUSE_STATE_PATH: path });
  say(host, "curvine-fuse: SIGUSR1, handing the mount over");
  return ExitCode.Done;
}

function say(host: Host, text: string): void {
  host.stdout(`stand-in for ${text}\n`);
}

/** Signals alone keep no program alive. */
function keepAlive(): void {
  setTimeout(keepAlive, 2 ** 31 - 1);
}
