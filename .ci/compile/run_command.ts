/** How a command of the build ended. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** What is other than usual. */
export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** It is killed after so many milliseconds. */
  readonly limitMs?: number;
}

/**
 * What a command of the build needs of the machine: its programs, its caches, its way into the
 * network. No other variable gets through, for some of Deno's are compiled into an executable.
 */
const PASSED =
  /^(PATH|HOME|TMPDIR|XDG_CACHE_HOME|DENO_DIR|(https?|no|all)_proxy|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|npm_config_(registry|userconfig|globalconfig|cafile)|pip_\w+)$/i;

/** Runs a command to its end. @returns what it said of a failure, in one line */
export async function runCommand(
  argv: readonly string[],
  { env, cwd, limitMs }: CommandOptions = {},
): Promise<Outcome> {
  const [command = "", ...args] = argv;
  const passed = Object.entries(Deno.env.toObject()).filter(([name]) => PASSED.test(name));
  try {
    const { success, code, signal, stdout, stderr } = await new Deno.Command(command, {
      args,
      clearEnv: true,
      env: { ...Object.fromEntries(passed), NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...(cwd === undefined ? {} : { cwd }),
      ...(limitMs === undefined ? {} : { signal: AbortSignal.timeout(limitMs) }),
    }).output();
    if (success) return { ok: true };
    if (signal !== null && limitMs !== undefined) {
      return { ok: false, reason: `no end within ${limitMs / 1000} s` };
    }
    return { ok: false, reason: cause([stderr, stdout]) ?? `exit code ${code}` };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { ok: false, reason: `no ${command} here` };
    throw error;
  }
}

/** The line of a command's output that most likely says why it failed. */
function cause(outputs: readonly Uint8Array[]): string | undefined {
  const lines = outputs.flatMap((output) => new TextDecoder().decode(output).split("\n"))
    .map((line) => line.trim()).filter((line) => line !== "");
  return lines.findLast((line) =>
    /error sending|dns|lookup|refused|timed out|resolution/i.test(line)
  ) ?? lines.find((line) => /^(npm )?error/i.test(line)) ?? lines.at(-1);
}

/** Says something to whoever builds. */
export function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Ends the build. */
export function fail(message: string): never {
  say(message);
  Deno.exit(1);
}

/** A checksum in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
