import { writeToml } from "../plan/curvine/toml_text.ts";
import type { TomlTable } from "../plan/curvine/toml_value.ts";
import { curvinePaths } from "../plan/curvine/paths.ts";
import type { Host } from "../ports/host.ts";
import { withPrivateFile } from "../system/private_file.ts";
import { runChild } from "../system/run_child.ts";
import { SIGNAL_NUMBERS } from "../ports/signals.ts";
import { userId } from "../system/user_id.ts";
import { runFolders } from "../plan/run_folders.ts";
import type { Secrets } from "../plan/secrets.ts";
import { cliExecutable, type CurvineCli, curvineCli } from "../operate/curvine_cli.ts";

/**
 * Lets `use` call Curvine's cli with a configuration of its own, which lies in a private file for
 * as long as that takes.
 */
export async function withCurvineCli<Result>(
  host: Host,
  conf: TomlTable,
  secrets: Secrets,
  signal: AbortSignal | undefined,
  use: (cli: CurvineCli) => Promise<Result>,
): Promise<Result> {
  const executable = cliExecutable(host.env, curvinePaths(host.env).home);
  return await withPrivateFile(
    privateFolders(host),
    ".toml",
    writeToml(conf),
    (path) => use(curvineCli(executable, path, runChild, secrets, signal)),
  );
}

/** Where locks and private files go, the wanted folder first. */
export function privateFolders(host: Host): string[] {
  return runFolders(host.env, userId());
}

/** What a signal asks of a command that has a child: the child goes first. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** What to exit with, once one came. */
  exitCode(): number | undefined;
}

/** Takes the signals over: each ends what is under way, so that cleaning up still happens. */
export function interruptible(host: Host): Interruption {
  const controller = new AbortController();
  let code: number | undefined;
  host.signals.takeOver((signal) => {
    // Told a second time, whoever sends it wants it at once.
    if (code !== undefined) host.exit(code);
    code = 128 + SIGNAL_NUMBERS[signal];
    controller.abort();
  });
  return { signal: controller.signal, exitCode: () => code };
}

/** Pauses that end with the signal. */
export function pauseUnless(signal: AbortSignal): (milliseconds: number) => Promise<void> {
  return (milliseconds) =>
    new Promise((done) => {
      if (signal.aborted) return done();
      const over = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", over);
        done();
      };
      const timer = setTimeout(over, milliseconds);
      signal.addEventListener("abort", over);
    });
}
