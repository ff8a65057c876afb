/** What builds images on this machine. */
export type ImageTool = "docker" | "buildah";

/** The image of one processor. */
export interface ImageWish {
  readonly arch: string;
  readonly version: string;
  /** The commit. */
  readonly revision: string;
  /** The compiled executable, as the Dockerfile's context has it. */
  readonly prebuilt: string;
  /** Where the OCI archive goes. */
  readonly archive: string;
  /** Seconds since 1970. */
  readonly time: number;
}

/** The command lines that build the Dockerfile around an executable and pack the image. */
export function imageCommands(tool: ImageTool, wish: ImageWish): string[][] {
  const { arch, version, revision, prebuilt, archive, time } = wish;
  const name = `curvine-fluid:${version}-${arch}`;
  const buildArguments = Object.entries({
    EXECUTABLE: "executable-prebuilt",
    PREBUILT: prebuilt,
    VERSION: version,
    REVISION: revision,
  }).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]);
  const common = [`--platform=linux/${arch}`, ...buildArguments];
  return tool === "docker"
    ? [[
      "docker",
      "buildx",
      "build",
      ...common,
      "--build-arg",
      `SOURCE_DATE_EPOCH=${time}`,
      `--tag=${name}`,
      `--output=type=oci,dest=${archive}`,
      ".",
    ]]
    : [
      ["buildah", "bud", "--format=oci", `--timestamp=${time}`, ...common, `--tag=${name}`, "."],
      ["buildah", "push", name, `oci-archive:${archive}:${name}`],
    ];
}
