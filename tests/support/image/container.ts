import { eventually } from "../eventually.ts";
import { kill } from "../limited_command.ts";
import { type Ran, run } from "../run.ts";

/** A folder of this machine inside the container. */
export interface Volume {
  readonly host: string;
  readonly path: string;
  /** Mounts made inside appear on this machine, as Kubernetes' Bidirectional has it. */
  readonly shared?: boolean;
}

/** How a container is started. */
export interface ContainerOptions {
  /** The image's root file system; it is not changed. */
  readonly image: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly volumes?: readonly Volume[];
  /** A user without any capability; root with all of them where absent. */
  readonly user?: number;
  readonly readOnlyRoot?: boolean;
  /** Folders in memory, writable for everyone, as an emptyDir with fsGroup is. */
  readonly emptyDirs?: readonly string[];
  readonly hostname?: string;
}

/**
 * Lays the image under a layer of its own, as a container runtime does, and becomes the container's
 * first process. No runtime is used, for none works everywhere that tests run; the kernel's part is
 * the same: PID, mount, IPC and UTS namespaces, /proc, /dev with few devices, /sys.
 *
 * $1 a folder to work in, $2 the image, $3 user or "", $4 "ro" or "", $5 host name, $6 how many
 * volumes follow as triples (host folder, path, "shared" or ""), then how many folders in memory,
 * then those, then the command.
 */
const BECOME_CONTAINER = `
set -e
work=$1 image=$2 user=$3 readonly=$4 name=$5 volumes=$6
shift 6
# Only here: a volume that is shared stays so.
mount --make-private "$(df --output=target "$work" | tail -n 1)"
mount -t tmpfs tmpfs "$work"
mkdir "$work/upper" "$work/work" "$work/root"
root=$work/root
mount -t overlay overlay -o "lowerdir=$image,upperdir=$work/upper,workdir=$work/work" "$root"
mkdir -p "$root/proc" "$root/sys" "$root/dev"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom fuse; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
: > "$root/dev/termination-log"
chmod 666 "$root/dev/termination-log"
while [ "$volumes" -gt 0 ]; do
  mkdir -p "$root$2"
  mount --rbind "$1" "$root$2"
  if [ -n "$3" ]; then mount --make-rshared "$root$2"; else mount --make-rprivate "$root$2"; fi
  shift 3
  volumes=$((volumes - 1))
done
folders=$1
shift
while [ "$folders" -gt 0 ]; do
  mkdir -p "$root$1"
  mount -t tmpfs -o mode=1777 tmpfs "$root$1"
  shift
  folders=$((folders - 1))
done
if [ -n "$readonly" ]; then mount -o remount,bind,ro "$root"; fi
hostname "$name"
exec unshare --pid --fork --kill-child --propagation=unchanged --mount-proc --root="$root" --wd=/app/curvine \${user:+--setgid=$user --setuid=$user} -- "$@"
`;

/** A running container. */
export class Container {
  readonly #child: Deno.ChildProcess;
  readonly #env: Readonly<Record<string, string>>;
  readonly #user: number | undefined;
  readonly #work: string;
  readonly #texts = { stdout: "", stderr: "" };
  readonly #reading: Promise<unknown>;
  /** The first process, as this machine counts. */
  readonly pid: number;

  private constructor(
    child: Deno.ChildProcess,
    pid: number,
    { env, user }: ContainerOptions,
    work: string,
  ) {
    this.#child = child;
    this.pid = pid;
    this.#env = env;
    this.#user = user;
    this.#work = work;
    this.#reading = Promise.all([
      this.#read("stdout", child.stdout),
      this.#read("stderr", child.stderr),
    ]);
  }

  /** Starts a container and waits until its first process is there. */
  static async start(options: ContainerOptions): Promise<Container> {
    const work = await Deno.makeTempDir({ prefix: "curvine-fluid-container-" });
    const volumes = options.volumes ?? [];
    const folders = options.emptyDirs ?? [];
    const child = new Deno.Command("unshare", {
      args: [
        "--mount",
        "--ipc",
        "--uts",
        // Mounts below a shared volume must still reach this machine.
        "--propagation=unchanged",
        "sh",
        "-c",
        BECOME_CONTAINER,
        "container",
        work,
        options.image,
        String(options.user ?? ""),
        options.readOnlyRoot === true ? "ro" : "",
        options.hostname ?? "container",
        String(volumes.length),
        ...volumes.flatMap((
          { host, path, shared },
        ) => [host, path, shared === true ? "shared" : ""]),
        String(folders.length),
        ...folders,
        ...options.argv,
      ],
      clearEnv: true,
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const pid = await firstProcess(child);
    return new Container(child, pid, options, work);
  }

  /** What it has printed so far, both streams in one. */
  get output(): string {
    return this.#texts.stdout + this.#texts.stderr;
  }

  /** Sends a signal to the first process, as the container runtime does. */
  signal(signal: Deno.Signal): void {
    Deno.kill(this.pid, signal);
  }

  /** Runs a command in the container, as `kubectl exec`, probes and hooks do. */
  async exec(
    argv: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ran> {
    return await run([
      "nsenter",
      `--target=${this.pid}`,
      ...["--mount", "--pid", "--ipc", "--uts", "--root", "--wd"],
      ...(this.#user === undefined ? [] : [`--setuid=${this.#user}`, `--setgid=${this.#user}`]),
      "--",
      ...argv,
    ], { env: { ...this.#env, ...env }, clearEnv: true, mayFail: true });
  }

  /** Waits until the first process has ended. @returns its exit code */
  async ended(): Promise<number> {
    const { code } = await this.#child.status;
    await this.#reading;
    return code;
  }

  /** Ends what still runs and cleans up. To be called in every case. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Both: `--kill-child` is forgotten by the kernel where the user changes.
    for (const pid of [this.pid, this.#child.pid]) {
      kill(pid);
    }
    await this.ended();
    await Deno.remove(this.#work).catch(() => {});
  }

  async #read(
    name: "stdout" | "stderr",
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  ): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) this.#texts[name] += text;
  }
}

/** The child of `unshare --fork` is the container's PID 1. */
async function firstProcess(child: Deno.ChildProcess): Promise<number> {
  try {
    return await eventually(
      "the container's first process is there",
      () => containerPid(child.pid),
    );
  } catch {
    child.kill("SIGKILL");
    const { stderr } = await child.output();
    throw new Error(`Cannot start the container: ${new TextDecoder().decode(stderr)}`);
  }
}

async function containerPid(parent: number): Promise<number | undefined> {
  const text = await Deno.readTextFile(`/proc/${parent}/task/${parent}/children`).catch(() => "");
  const pid = Number(text.trim().split(" ")[0]);
  if (!Number.isInteger(pid) || pid === 0) return undefined;
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  const inside = /^NSpid:\s+\d+\s+(\d+)$/m.exec(status)?.[1];
  return inside === "1" ? pid : undefined;
}
