import { type Log, makeLog } from "../observe/log.ts";
import type { LoggedError } from "../observe/snapshot.ts";
import { leaveWords, terminationMessage } from "../observe/last_words.ts";
import { Tail } from "../observe/tail.ts";
import type { SupervisorSettings } from "../plan/settings.ts";
import {
  type Action,
  type ReloadResult,
  RESTART_CAUSES,
  type RestartCause,
  type RestartManner,
} from "./state.ts";
import type { World } from "../ports/world.ts";

/** More than a termination message can show. */
const TAIL_BYTES = 8192;

/** Ends before which a daemon mostly says why. */
const SPEAKING: readonly RestartCause[] = [
  "exit",
  "exit-zero",
  "start-timeout",
  "reload-failed",
  "takeover-failed",
];

/** Lines of the daemon that the status shows. */
const MOST_LINES = 5;

/** Warnings and errors that the status shows; a message is cut to what a person reads. */
const MOST_ERRORS = 5;
const MOST_CHARACTERS = 500;

/** What the machine wants told or counted. */
type Told = Extract<Action, { do: "count-restart" | "count-reload" | "last-words" | "log" }>;

/** What the supervisor tells: its log, its counts, and the last words. */
export class Journal {
  readonly log: Log;
  /** Restarts by cause. */
  readonly restarts: Record<string, number>;
  /** How many of them kept the mount. */
  readonly takeovers: Record<string, number>;
  /** Reloads by result. */
  readonly reloads: Record<string, number> = { hot: 0, takeover: 0, cold: 0, failed: 0 };
  /** Why the daemon was last restarted. */
  lastRestart: string | undefined;
  /** How long nobody served at the last restart, in milliseconds. */
  lastRemount: number | undefined;
  /** How long nobody served, all restarts together. */
  unserved = 0;
  /** The newest warnings and errors, the oldest of them first. */
  readonly lastErrors: LoggedError[] = [];
  readonly #world: World;
  readonly #path: string;
  readonly #tail = new Tail(TAIL_BYTES);
  readonly #redact: (text: string) => string;
  #toldOfDropped = false;

  /** @param redact takes secrets out of what the daemon said */
  constructor(
    world: World,
    settings: SupervisorSettings,
    redact: (text: string) => string = (text) => text,
  ) {
    this.#redact = redact;
    this.#world = world;
    this.#path = settings.terminationLog;
    const none = RESTART_CAUSES.map((cause) => [cause, 0] as const);
    this.restarts = Object.fromEntries(none);
    this.takeovers = Object.fromEntries(none);
    const log = makeLog({
      format: settings.logFormat,
      level: settings.logLevel,
      date: () => world.clock.date(),
      redact,
      write: (line) => world.output.line(line),
    });
    this.log = (level, event, text, fields) => {
      log(level, event, text, fields);
      if (level !== "warn" && level !== "error") return;
      const time = world.clock.date().toISOString();
      this.lastErrors.push({ time, level, message: redact(text).slice(0, MOST_CHARACTERS) });
      if (this.lastErrors.length > MOST_ERRORS) this.lastErrors.shift();
    };
  }

  /** Sees the daemon's output. */
  readonly tap = (chunk: Uint8Array): void => {
    this.#tail.add(chunk);
    if (this.#toldOfDropped || this.#world.output.dropped() === 0) return;
    this.#toldOfDropped = true;
    this.log(
      "warn",
      "output-dropped",
      "Nobody takes our output as fast as the daemon writes it: some of it is dropped",
    );
  };

  /** Does what the machine wants told or counted. @param failures starts in a row without a mount */
  tell(action: Told, failures: number): void {
    switch (action.do) {
      case "count-restart":
        return this.countRestart(action.cause, action.how, action.detail, failures);
      case "count-reload":
        return this.countReload(action.result);
      case "last-words":
        return this.lastWords(action.cause);
      case "log":
        return this.log(action.level, action.event, action.message);
    }
  }

  /** Counts and tells a restart. @param failures starts in a row without a mount */
  countRestart(cause: RestartCause, how: RestartManner, detail: string, failures: number): void {
    this.restarts[cause] = (this.restarts[cause] ?? 0) + 1;
    if (how === "takeover") this.takeovers[cause] = (this.takeovers[cause] ?? 0) + 1;
    const last = SPEAKING.includes(cause) ? this.lastLines().at(-1) : undefined;
    this.lastRestart = last === undefined ? detail : `${detail}: ${last}`;
    const level = cause === "config" ? "info" : "warn";
    this.log(level, "restart", `Restart: ${this.lastRestart}`, { cause, how, failures });
  }

  /** The mount serves again. @param milliseconds how long nobody served */
  servedAgain(milliseconds: number): void {
    this.lastRemount = milliseconds;
    this.unserved += milliseconds;
  }

  /** Counts how a reload went. */
  countReload(result: ReloadResult): void {
    this.reloads[result] = (this.reloads[result] ?? 0) + 1;
  }

  /** A new daemon's last words must not be an old one's. */
  forgetOutput(): void {
    this.#tail.clear();
  }

  /** What the daemon of now, or of last, said at last; the oldest line first. */
  lastLines(): string[] {
    const text = this.#redact(this.#tail.text());
    return text === ""
      ? []
      : text.split("\n").slice(-MOST_LINES).map((line) => line.slice(0, MOST_CHARACTERS));
  }

  /** Writes the termination message. */
  lastWords(cause: string): void {
    const { files } = this.#world;
    const problem = leaveWords(
      this.#path,
      terminationMessage(this.#redact(cause), this.#redact(this.#tail.text())),
      files,
    );
    if (problem !== undefined) this.log("warn", "no-last-words", problem);
  }
}
