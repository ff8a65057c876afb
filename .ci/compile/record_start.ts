/**
 * Runs in the base runtime: writes V8's code of the functions that a server's start calls, and of
 * those that any start calls. Every kind of start is run, in a world that is made up here: nothing
 * of this machine bears on it.
 */
import { Script } from "node:vm";

const machine = Deno;
const [from = "", server = "", any = ""] = machine.args;
const script = new Script(machine.readTextFileSync(from), { filename: "start.cjs" });

const component = { name: "a", service: { name: "a" }, options: { a: "1" }, replicas: 3 };
const mounts = [{ mountPoint: "s3://a/b", name: "a", path: "/a", options: { a: "b" } }];
const tieredStoreLevels = [{ mountPaths: ["/a"], mediumType: "HDD", quotas: ["1Gi"] }];
const worker = { ...component, tieredStoreLevels };
const cache = { mounts, targetPath: "/t", master: component, worker, client: component };
const options = { "master-endpoints": "a:1", "io-threads": "1" };
const thin = { mounts: [{ mountPoint: "curvine:///a", options }], targetPath: "/t" };
const FILES: Readonly<Record<string, string>> = {
  "/proc/self/cmdline": "curvine-fluid\0",
  "/proc/self/stat": "1 (a) S 0",
  "/proc/self/fdinfo/0": "mnt_id:\t1\n",
  "/cache": JSON.stringify(cache),
  "/thin": JSON.stringify(thin),
};
const TABLE = new TextEncoder().encode("1 0 0:1 / / rw - overlay overlay rw\n");
const [FCNTL, READLINKAT] = [72n, 267n];
const none = (): void => {};
let said = "";

/** What a start sees as `Deno`; what is not here does nothing. */
function world(
  args: readonly string[],
  env: Record<string, string>,
  done: () => void,
): unknown {
  const { errors, SeekMode } = machine;
  const write = (bytes: Uint8Array): number => bytes.length;
  const say = (
    bytes: Uint8Array,
  ): number => (said += new TextDecoder().decode(bytes), bytes.length);
  const output = { writeSync: say, write: say };
  let unread = TABLE;
  const readSync = (bytes: Uint8Array): number => {
    const { length } = unread;
    bytes.set(unread);
    unread = unread.subarray(length);
    return length;
  };
  const file = { seekSync: () => unread = TABLE, readSync, writeSync: write, close: none };
  const syscall = (number: bigint, ...[, , size]: bigint[]): number =>
    number === FCNTL ? Number(size) : number === READLINKAT ? -1 : 0;
  const known: Record<PropertyKey, unknown> = {
    ...{
      args,
      errors,
      SeekMode,
      pid: 1,
      build: { arch: "x86_64" },
      stdout: output,
      stderr: output,
    },
    env: { toObject: () => env, get: (name: string) => env[name], set: none, delete: none },
    execPath: () => "/curvine-fluid",
    hostname: () => "a-0",
    uid: () => 0,
    readTextFileSync(path: string): string {
      if (!(path in FILES)) throw new errors.NotFound(path);
      return FILES[path] ?? "";
    },
    statSync: (path: string) => ({ isFile: path in FILES, isDirectory: !(path in FILES) }),
    openSync: () => file,
    readDirSync: () => [],
    // A server's start listens for what may have come before its exec; nothing ever comes.
    addSignalListener: done,
    dlopen: () => ({ symbols: { environ: {}, syscall } }),
    UnsafePointer: { of: none, value: () => 0 },
    UnsafePointerView: class {
      getBigUint64 = (): bigint => 0n;
    },
    Command: class {
      spawn(): void {
        if (args[0] !== "client") throw new Error("it did not wait for signals");
        machine.writeFileSync(any, script.createCachedData());
        machine.exit();
      }
    },
  };
  return new Proxy(known, { get: (_, name) => known[name] ?? none });
}

/** Runs a start until it waits for signals: that is just before its end, but for a client's. */
function run(args: readonly string[], env: Record<string, string>): Promise<void> {
  return new Promise((done, failed) => {
    const value = world(args, { CURVINE_HOME: "/h", ...env }, done);
    Object.defineProperty(globalThis, "Deno", { value, configurable: true });
    const module = { exports: {} as typeof import("../../lib/dispatch/start_run.ts") };
    script.runInThisContext()(module);
    const delivered = async (): Promise<void> => {
      if (args[0] === "client") return;
      done();
      await new Promise(none);
    };
    const ended = (error: unknown): void =>
      failed(new Error(`A start has ended: ${error}: ${JSON.stringify(said)}`));
    module.exports.start({ takeOver: none, endBy: none, delivered }).then(ended, ended);
  });
}

setTimeout(() => {
  throw new Error(`A client's start does not come to its daemon: ${JSON.stringify(said)}`);
}, 5000);
for (const name of ["master", "worker"]) {
  await run([name, "start"], { FLUID_RUNTIME_CONFIG_PATH: "/cache" });
}
machine.writeFileSync(server, script.createCachedData());
await run([], { FLUID_RUNTIME_CONFIG_PATH: "/thin", FLUID_RUNTIME_TYPE: "thin" });
await run(["client", "start"], { FLUID_RUNTIME_CONFIG_PATH: "/cache" });
