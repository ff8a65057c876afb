import { eventually } from "./eventually.ts";
import { exists } from "./exists.ts";
import { executable } from "./requirements.ts";
import { type Ran, run } from "./run.ts";

/** What a stand-in writes down about itself when it is started. */
export interface StandInRecord {
  readonly argv: readonly string[];
  readonly pid: number;
  readonly cwd: string;
  /** `NAME=value`, sorted; bytes that are not UTF-8 as U+FFFD. */
  readonly env: readonly string[];
  /** Lines of /proc/self/status such as `SigIgn:\t0000000000000000`. */
  readonly status: Readonly<Record<string, string>>;
  /** The numbers of the open descriptors. */
  readonly descriptors: readonly string[];
  /** /proc/self/limits, whole. */
  readonly limits: string;
  /** The flags of descriptors 0 to 2, octal. */
  readonly flags: readonly string[];
  /** The configuration file's text, mode and folder's entries at that moment. */
  readonly config: string;
  readonly configMode: string;
  readonly configFolder: readonly string[];
}

/**
 * A stand-in for curvine-server and curvine-fuse: a script that writes down how it was started,
 * then does what `$STAND_IN` says: an exit code, `wait`, `signal NAME`. It must see itself as the kernel does, so
 * everything is read from /proc by builtins and one `cat`.
 */
const STAND_IN = `#!/bin/sh
out="$RECORD"
conf=""
last=""
for word in "$@"; do
  if [ "$last" = --conf ]; then conf="$word"; fi
  last="$word"
done
# Before any redirection: the shell then keeps copies of what it redirects.
fds=""
for fd in /proc/$$/fd/*; do
  target="$(readlink "$fd")" && fds="$fds\${fd##*/} $target
"
done
{
  cat /proc/$$/cmdline; printf '\\n--argv--\\n'
  echo $$; echo "$PWD"
  cat /proc/$$/environ; printf '\\n--env--\\n'
  # By a child: the shell itself blocks signals for moments while it waits.
  cat /proc/self/status; printf '%s\\n' '--status--'
  printf %s "$fds"; printf '%s\\n' '--fd--'
  cat /proc/$$/limits; printf '%s\\n' '--limits--'
  for n in 0 1 2; do grep flags /proc/$$/fdinfo/$n; done; printf '%s\\n' '--flags--'
  if [ -n "$conf" ]; then stat -c %a "$conf"; else echo; fi
  if [ -n "$conf" ]; then ls -A "$(dirname "$conf")"; fi; printf '%s\\n' '--folder--'
  if [ -n "$conf" ]; then cat "$conf"; fi
} > "$out.tmp" 2>/dev/null
mv "$out.tmp" "$out"
echo "stand-in stdout"
echo "stand-in stderr" >&2
case "$STAND_IN" in
  wait)
    trap 'echo TERM >> "$out.signals"; exit 0' TERM
    trap 'echo INT >> "$out.signals"; exit 0' INT
    while :; do sleep 0.05; done ;;
  "signal "*) kill -\${STAND_IN#signal } $$ ;;
  *) exit "\${STAND_IN:-0}" ;;
esac
`;

/** A temporary `CURVINE_HOME` with stand-ins, and the compiled executable to run in it. */
export class Sandbox implements AsyncDisposable {
  private constructor(readonly dir: string) {}

  static async make(): Promise<Sandbox> {
    const sandbox = new Sandbox(await Deno.makeTempDir({ prefix: "curvine-fluid-test-" }));
    for (const name of ["curvine-server", "curvine-fuse"]) {
      await sandbox.write(`home/lib/${name}`, STAND_IN);
      await Deno.chmod(sandbox.path(`home/lib/${name}`), 0o755);
    }
    await sandbox.write("some-tool", STAND_IN);
    await Deno.chmod(sandbox.path("some-tool"), 0o755);
    return sandbox;
  }

  path(name: string): string {
    return `${this.dir}/${name}`;
  }

  async write(name: string, content: string | object): Promise<string> {
    const path = this.path(name);
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }

  env(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: this.dir,
      CURVINE_HOME: this.path("home"),
      FLUID_RUNTIME_CONFIG_PATH: this.path("absent.json"),
      CURVINE_FLUID_RUN_DIR: this.path("run"),
      CURVINE_FLUID_TERMINATION_LOG: this.path("termination-log"),
      RECORD: this.path("record"),
      ...more,
    };
  }

  spawn(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    command: string = executable,
  ): Deno.ChildProcess {
    return new Deno.Command(command, {
      args: [...args],
      env: this.env(env),
      clearEnv: true,
      cwd: this.dir,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** Runs a command of ours, or another, to its end. */
  run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    command: string = executable,
  ): Promise<Ran> {
    const options = { env: this.env(env), clearEnv: true, cwd: this.dir, mayFail: true };
    return run([command, ...args], options);
  }

  /** Waits for a stand-in to have written itself down, then forgets it for the next one. */
  async record(): Promise<StandInRecord> {
    const path = this.path("record");
    const text = await eventually(
      "the stand-in has written itself down",
      () => Deno.readTextFile(path).catch(() => undefined),
    );
    await Deno.remove(path);
    return parseRecord(text);
  }

  hasRecord(): boolean {
    return exists(this.path("record"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.dir, { recursive: true });
  }
}

function parseRecord(text: string): StandInRecord {
  const lines = text.split("\n");
  const until = (mark: string): string[] => {
    const at = lines.findIndex((line) => line === mark);
    return at < 0 ? [] : lines.splice(0, at + 1).slice(0, -1);
  };
  const argv = until("--argv--").join("\n").split("\0").slice(0, -1);
  const [pid = "", cwd = ""] = lines.splice(0, 2);
  const env = until("--env--").join("\n").split("\0").filter((one) => one !== "").sort();
  const status = until("--status--").map((line) => line.split(":\t", 2) as [string, string]);
  const descriptors = until("--fd--");
  const limits = until("--limits--").join("\n");
  const flags = until("--flags--").map((line) => line.replace(/^flags:\s*/, ""));
  const [configMode = "", ...configFolder] = until("--folder--");
  return {
    argv,
    pid: Number(pid),
    cwd,
    env,
    status: Object.fromEntries(status),
    descriptors,
    limits,
    flags,
    config: lines.join("\n"),
    configMode,
    configFolder,
  };
}
