import { executable } from "./requirements.ts";
import { type Ran, run } from "./run.ts";

/** The links that the image has. */
const LINKS = {
  "/bin": ["bash", "sh", "ls", "df", "sleep", "umount", "uname", "fusermount", "fusermount3"],
  "/app/curvine": ["mountUfs.sh", "reportSummary.sh"],
};

/** What a scene has of its own beside mounts and a host name. */
export interface SceneOptions {
  /** A network, whose loopback is down, and processes: the script is PID 1, all ends with it. */
  readonly isolated?: boolean;
}

/**
 * A root file system that holds the executable, its links and its libraries and nothing else: no
 * shell, no coreutils. Curvine's own cli is stood in for by a program that nobody else can find.
 */
export class RootFs {
  readonly root = Deno.makeTempDirSync({ prefix: "rootfs-" });

  static async make(): Promise<RootFs> {
    const made = new RootFs();
    for (const folder of ["/proc", "/dev", "/tmp", "/run", "/mnt", "/usr/local/bin"]) {
      Deno.mkdirSync(made.root + folder, { recursive: true });
    }
    made.#place(executable, "/usr/local/bin/curvine-fluid");
    await made.#libraries(executable);
    for (const [folder, names] of Object.entries(LINKS)) {
      Deno.mkdirSync(made.root + folder, { recursive: true });
      for (const name of names) {
        Deno.symlinkSync("/usr/local/bin/curvine-fluid", `${made.root}${folder}/${name}`);
      }
    }
    return made;
  }

  /** Puts a stand-in for curvine-cli where Curvine's is: a script of bash's own words only. */
  async cli(script: string): Promise<void> {
    this.#place("/bin/bash", "/app/curvine/lib/interpreter");
    await this.#libraries("/bin/bash");
    this.write("/app/curvine/lib/curvine-cli", `#!/app/curvine/lib/interpreter\n${script}`);
    Deno.chmodSync(`${this.root}/app/curvine/lib/curvine-cli`, 0o755);
  }

  write(path: string, text: string): void {
    const full = this.root + path;
    Deno.mkdirSync(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(full, text);
  }

  /**
   * Runs a scene in a mount namespace of its own, with a host name of its own. The scene is a shell script outside of the root
   * file system; `inside COMMAND…` runs a command in it, `bind DIR` mounts a real FUSE file system
   * at a path in it.
   */
  async scene(
    script: string,
    env: Readonly<Record<string, string>> = {},
    { isolated = false }: SceneOptions = {},
  ): Promise<Ran> {
    const prelude = `
      R=${this.root}
      CHROOT=$(type -P chroot)
      # A container's root is a mount of its own, and its volumes lie on that.
      mount --bind $R $R || exit 99
      mount --rbind /proc $R/proc && mount --rbind /dev $R/dev || exit 99
      inside() { env -i PATH=/usr/local/bin:/bin TMPDIR=/tmp ${
      Object.entries(env).map(([name, value]) => `${name}='${value}'`).join(" ")
    } $CHROOT $R "$@"; }
      mounted() { grep -c " $R$1 " /proc/self/mountinfo || true; }
      bind() {
        mkdir -p $R$1
        want=$(( $(mounted $1) + 1 ))
        bindfs \$OPTIONS -f \${SOURCE:-$R/source} $R$1 >/dev/null 2>&1 &
        daemon=$!
        daemons="$daemons $!"
        for i in $(seq 500); do [ $(mounted $1) -ge $want ] && return; sleep 0.02; done
        echo "bindfs did not mount" >&2; exit 98
      }
      daemons=
      end() { for d in $daemons; do kill -CONT $d; kill -KILL $d; done 2>/dev/null; }
      trap end EXIT
    `;
    return await run([
      ...["unshare", "-m", "-u"],
      ...(isolated ? ["-n", "-p", "-f", "--kill-child", "--mount-proc"] : []),
      ...["bash", "-c", prelude + script],
    ], { mayFail: true });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.root, { recursive: true });
  }

  async #libraries(program: string): Promise<void> {
    const { stdout } = await run(["ldd", program]);
    for (const [path] of stdout.matchAll(/\/\S+(?= \()/g)) this.#place(path, path);
  }

  #place(from: string, to: string): void {
    const target = this.root + to;
    Deno.mkdirSync(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    const real = Deno.realPathSync(from);
    try {
      Deno.linkSync(real, target);
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) Deno.copyFileSync(real, target);
    }
  }
}
