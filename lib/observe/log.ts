/** How serious a log line is, from the least. */
export type Level = "debug" | "info" | "warn" | "error";

/** Further facts of a log line. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** Writes log lines. `event` is a stable word for programs, `message` a sentence for people. */
export type Log = (level: Level, event: string, message: string, fields?: LogFields) => void;

/** How log lines are written. */
export interface LogOptions {
  readonly format: "text" | "json";
  /** Lines that are less serious are left out. */
  readonly level: Level;
  readonly date: () => Date;
  /** Takes secrets out of a message. Not asked for one that is left out: making it takes a while. */
  readonly redact?: (text: string) => string;
  /** Takes one line, without its newline. */
  readonly write: (line: string) => void;
}

const ORDER: readonly Level[] = ["debug", "info", "warn", "error"];

/** @returns what writes log lines */
export function makeLog(options: LogOptions): Log {
  const least = ORDER.indexOf(options.level);
  const redact = options.redact ?? ((text: string) => text);
  return (level, event, text, fields = {}) => {
    if (ORDER.indexOf(level) < least) return;
    const message = redact(text);
    const time = options.date().toISOString();
    options.write(
      options.format === "json"
        ? JSON.stringify({ time, level, event, message, ...fields })
        : textLine(time, level, message, fields),
    );
  };
}

/**
 * One line, whatever the message holds.
 *
 * @example
 * ```ts
 *
 * const line = textLine("2026-01-01T00:00:00.000Z", "warn", "Restarting", { cause: "signal" });
 * if (line !== "2026-01-01T00:00:00.000Z WARN curvine-fluid: Restarting cause=signal") {
 *   throw new Error(line);
 * }
 * ```
 */
export function textLine(time: string, level: Level, message: string, fields: LogFields): string {
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${plain(value)}`).join("");
  return `${time} ${level.toUpperCase()} curvine-fluid: ${oneLine(message)}${rest}`;
}

function plain(value: string | number | boolean): string {
  const text = String(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

function oneLine(text: string): string {
  return text.trimEnd().replace(/\s*\n\s*/g, "; ");
}
