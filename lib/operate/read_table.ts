import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { CurvineCli } from "./curvine_cli.ts";
import { type MountRow, MountTableError, readMountTable } from "./mount_table.ts";

/** What reading the mount table takes of the world. */
export interface TablePorts {
  readonly cli: CurvineCli;
  /** Milliseconds left. */
  remainingMs(): number;
  /** One message for people. */
  say(message: string): void;
  /** Resolves after so many milliseconds, sooner when the command is to end. */
  pause(milliseconds: number): Promise<void>;
  /** Aborted when the command is to end. */
  readonly signal: AbortSignal;
}

/** Between two questions: a master that has just been elected should not be waited for longer. */
const PAUSE_MS = 250;

/**
 * Reads Curvine's mount table, which only a master that leads can tell: waits for one as long as
 * there is time. Whoever calls us would only call again, and later.
 *
 * @throws {CommandError} (69) when none answers in time, or when the table cannot be read
 */
export async function readTable(ports: TablePorts): Promise<MountRow[]> {
  const { cli, remainingMs, say, pause, signal } = ports;
  let reason: string | undefined;
  for (;;) {
    const result = await cli.run(["mount"], { limitMs: remainingMs() });
    if (result.ok) {
      if (reason !== undefined) say("A master answers");
      return rowsOf(result.stdout);
    }
    const first = reason === undefined;
    // Of a try that was cut short, nothing is known but that.
    if (first || result.stopped === undefined) reason = result.reason;
    // A usage error stays one, and a signal ends it all.
    const hopeless = result.code === 2 || signal.aborted;
    if (hopeless || remainingMs() <= PAUSE_MS) {
      throw new CommandError(
        `Cannot read Curvine's mount table: ${reason}`,
        ExitCode.Unavailable,
      );
    }
    if (first) say(`Waiting for a master that leads: ${reason}`);
    await pause(PAUSE_MS);
  }
}

function rowsOf(printed: string): MountRow[] {
  try {
    return readMountTable(printed);
  } catch (error) {
    if (!(error instanceof MountTableError)) throw error;
    throw new CommandError(error.message, ExitCode.Unavailable, { cause: error });
  }
}
