/** How a command is run. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Only the variables of `env`. */
  readonly clearEnv?: boolean;
  /** Put on standard input. */
  readonly input?: Uint8Array<ArrayBuffer>;
  /** Also accept an exit code other than 0. */
  readonly mayFail?: boolean;
}

/** What a command that has ended left behind. */
export interface Ran {
  readonly code: number;
  /** What killed it, if anything did. */
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. @throws {Error} with its last lines when it fails */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const ended = await runBytes(argv, options);
  return { ...ended, stdout: new TextDecoder().decode(ended.stdout) };
}

/** As {@link run}, for a command that prints bytes. */
export async function runBytes(
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Omit<Ran, "stdout"> & { readonly stdout: Uint8Array<ArrayBuffer> }> {
  const [command = "", ...args] = argv;
  const child = new Deno.Command(command, {
    args,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
    clearEnv: options.clearEnv === true,
    stdin: options.input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (options.input !== undefined) {
    const writer = child.stdin.getWriter();
    // A command that fails early closes its input; its exit code tells more than the broken pipe.
    await writer.write(options.input).then(() => writer.close()).catch(() => {});
  }
  const { code, signal, stdout, stderr } = await child.output();
  const errors = new TextDecoder().decode(stderr);
  if (code !== 0 && options.mayFail !== true) {
    // Standard output may be megabytes of an archive.
    const text = errors.trim().split("\n").slice(-25);
    throw new Error(`Cannot run ${argv.join(" ")}: exit code ${code}\n${text.join("\n")}`);
  }
  return { code, signal, stdout, stderr: errors };
}
