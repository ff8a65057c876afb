/** How a command of the build ended. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** What is other than usual. */
export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** It is killed after so many milliseconds. */
  readonly limitMs?: number;
}

/** Runs a command to its end. @returns what it said of a failure, in one line */
export async function runCommand(
  argv: readonly string[],
  { env, cwd, limitMs }: CommandOptions = {},
): Promise<Outcome> {
  const [command = "", ...args] = argv;
  const { success, code, stderr } = await new Deno.Command(command, {
    args,
    env: { NO_COLOR: "1", ...env },
    stdout: "null",
    stderr: "piped",
    ...(cwd === undefined ? {} : { cwd }),
    ...(limitMs === undefined ? {} : { signal: AbortSignal.timeout(limitMs) }),
  }).output();
  if (success) return { ok: true };
  const lines = new TextDecoder().decode(stderr).split("\n").map((line) => line.trim());
  const reason =
    lines.findLast((line) => /error sending|dns|lookup|refused|timed out/i.test(line)) ??
      lines.find((line) => line.startsWith("error")) ?? `exit code ${code}`;
  return { ok: false, reason };
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

/** A file's checksum, in hexadecimal. */
export async function sha256(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
}
