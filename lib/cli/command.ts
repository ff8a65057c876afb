import type { Host } from "../ports/host.ts";

/** A flag of a command. `--name VALUE` and `--name=VALUE` are the same. */
export interface Flag {
  /** Without the leading dashes. */
  readonly name: string;
  /** The value's name in the help, such as `FILE`; absent for a switch. */
  readonly value?: string;
  /** May be given several times. */
  readonly repeatable?: boolean;
  /** Only these values are allowed. */
  readonly choices?: readonly string[];
  /** One line for the help. */
  readonly summary: string;
}

/** One of our commands: what the help says, and where its code lies. */
export interface CommandSpec {
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** What follows the name, such as `[FILE…]`. */
  readonly operands: string;
  readonly flags: readonly Flag[];
  /** Whole command lines that show the use, each with what it does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
}

/** A command's code. */
export interface CommandModule {
  readonly command: Command;
  /** All its flags, where they are not the table's or should not wait for it. */
  readonly flags?: readonly Flag[];
}

/** A parsed command line. */
export interface Invocation {
  readonly operands: readonly string[];
  /** A flag's values; a switch that was given has one empty value. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

/** Does a command's work. @returns the exit code @throws {CommandError} for what a person can mend */
export type Command = (invocation: Invocation, host: Host) => Promise<number> | number;
