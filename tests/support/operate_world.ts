import { kill } from "./limited_command.ts";
import { executable } from "./requirements.ts";
import { type Ran, run } from "./run.ts";

/** A container's files in a temporary folder, with the stand-in for curvine-cli. */
export class OperateWorld {
  readonly dir = Deno.makeTempDirSync({ prefix: "operate-" });
  readonly home = `${this.dir}/home`;
  readonly config = `${this.dir}/runtime.json`;
  /** Where the masters' web servers are said to be. */
  webPort = 19000;

  constructor() {
    for (const folder of ["home/lib", "home/conf", "state", "run", "tmp"]) {
      Deno.mkdirSync(`${this.dir}/${folder}`, { recursive: true });
    }
    Deno.copyFileSync(
      new URL("stand_in_cli.sh", import.meta.url).pathname,
      `${this.home}/lib/curvine-cli`,
    );
    Deno.chmodSync(`${this.home}/lib/curvine-cli`, 0o755);
  }

  /** The environment of Fluid's pod exec, nothing of this machine's but PATH. */
  env(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: Deno.env.get("PATH") ?? "",
      CURVINE_HOME: this.home,
      CURVINE_FLUID_RUN_DIR: `${this.dir}/run`,
      TMPDIR: `${this.dir}/tmp`,
      FLUID_RUNTIME_CONFIG_PATH: this.config,
      FLUID_RUNTIME_COMPONENT_TYPE: "master",
      FLUID_DATASET_NAME: "lake",
      FLUID_DATASET_NAMESPACE: "ai",
      STAND_IN_DIR: `${this.dir}/state`,
      ...more,
    };
  }

  /** Writes the runtime config with these mounts. */
  mounts(...mounts: readonly Readonly<Record<string, unknown>>[]): void {
    const component = (name: string, more = {}): Record<string, unknown> => ({
      enabled: true,
      name: `lake-${name}`,
      service: { name: `svc-lake-${name}` },
      ...more,
    });
    Deno.writeTextFileSync(
      this.config,
      JSON.stringify({
        mounts,
        targetPath: "/runtime-mnt/cache/ai/lake/cache-fuse",
        master: component("master", {
          replicas: 3,
          options: { rpc_port: "18995", web_port: String(this.webPort) },
        }),
        worker: component("worker", { replicas: 1 }),
      }),
    );
  }

  /** Writes a file below the world. @returns its whole path */
  write(path: string, text: string): string {
    const full = `${this.dir}/${path}`;
    Deno.mkdirSync(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(full, text);
    return full;
  }

  /** How the stand-in behaves: shell assignments. */
  behave(text: string): void {
    Deno.writeTextFileSync(`${this.dir}/state/behave`, text);
  }

  /** Curvine's mounts: path and UFS. */
  table(): Record<string, string> {
    return Object.fromEntries(
      this.read("state/table").split("\n").filter((line) => line !== "").map((line) => {
        const [, path = "", ufs = ""] = line.split("\t");
        return [path, ufs];
      }),
    );
  }

  /** Puts a mount into Curvine that we did not make. */
  addMount(path: string, ufs: string, writeType = "cache_mode", access = "read_only"): void {
    const row = ["99", path, ufs, access, writeType, ""].join("\t");
    Deno.writeTextFileSync(`${this.dir}/state/table`, `${row}\n`, { append: true });
  }

  /** The calls of the stand-in since the last time, without `--conf FILE`. */
  calls(): string[] {
    const path = `${this.dir}/state/calls`;
    const lines = this.read("state/calls").split("\n").filter((line) => line !== "");
    Deno.writeTextFileSync(path, "");
    return lines.map((line) => line.replace(/ --conf \S+/, ""));
  }

  read(path: string): string {
    try {
      return Deno.readTextFileSync(`${this.dir}/${path}`);
    } catch {
      return "";
    }
  }

  /** Runs the compiled executable. */
  run(
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
    wrap: readonly string[] = [],
  ): Promise<Ran> {
    const options = { env: this.env(more), clearEnv: true, mayFail: true };
    return run([...wrap, executable, ...args], options);
  }

  /** Starts the compiled executable, with nobody to hear it. */
  start(...args: string[]): Deno.ChildProcess {
    const options = { env: this.env(), clearEnv: true, stdout: "null", stderr: "null" } as const;
    return new Deno.Command(executable, { args, ...options }).spawn();
  }

  /** The processes of the stand-in that still live. */
  alive(): number[] {
    return this.read("state/pids").split("\n").filter((line) => line !== "").map(Number)
      .filter((pid) => {
        try {
          return !/^State:\s*[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
        } catch {
          return false;
        }
      });
  }

  [Symbol.dispose](): void {
    for (const pid of this.alive()) kill(pid);
    Deno.removeSync(this.dir, { recursive: true });
  }
}
