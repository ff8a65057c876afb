import { run } from "../run.ts";
import type { Ran, RunOptions } from "../run.ts";

/** buildah with a storage of its own, so that images of this machine are neither used nor changed. */
export class Buildah {
  readonly #global: string[];
  readonly storage: string;

  constructor(storage: string) {
    this.storage = storage;
    this.#global = [
      "buildah",
      "--storage-driver=vfs",
      `--root=${storage}/root`,
      `--runroot=${storage}/run`,
    ];
  }

  /** Runs buildah. */
  call(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return run([...this.#global, ...args], options);
  }

  /** Makes an image out of a folder. @param config arguments of `buildah config` */
  async commit(root: string, name: string, config: readonly string[] = []): Promise<void> {
    const container = (await this.call(["from", "scratch"])).stdout.trim();
    try {
      await this.call(["copy", "--quiet", container, root, "/"]);
      await this.call(["config", "--os=linux", ...config, container]);
      await this.call(["commit", "--quiet", container, name]);
    } finally {
      await this.call(["rm", container]);
    }
  }

  /** Builds a Dockerfile from images that are all here. @returns what the build printed */
  async build(
    context: string,
    tag: string,
    buildArguments: Readonly<Record<string, string>>,
  ): Promise<string> {
    const { stdout, stderr } = await this.call([
      "bud",
      "--isolation=chroot",
      "--pull-never",
      "--platform=linux/amd64",
      "--format=oci",
      "--timestamp=0",
      ...Object.entries(buildArguments).flatMap((
        [key, value],
      ) => ["--build-arg", `${key}=${value}`]),
      `--tag=${tag}`,
      context,
    ]);
    return stdout + stderr;
  }

  /** The image's configuration as OCI has it. */
  async config(image: string): Promise<ImageConfig> {
    const { stdout } = await this.call(["inspect", "--type=image", image]);
    return JSON.parse(stdout).OCIv1.config;
  }

  /** A container of an image, and where its root file system lies. */
  async mount(image: string): Promise<{ container: string; root: string }> {
    const container = (await this.call(["from", "--pull-never", image])).stdout.trim();
    const root = (await this.call(["mount", container])).stdout.trim();
    return { container, root };
  }

  async remove(container: string): Promise<void> {
    await this.call(["umount", container], { mayFail: true });
    await this.call(["rm", container]);
  }
}

/** What tests read of an image's configuration. */
export interface ImageConfig {
  readonly User?: string;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly StopSignal?: string;
  readonly ExposedPorts?: Readonly<Record<string, unknown>>;
  readonly Labels?: Readonly<Record<string, string>>;
}
