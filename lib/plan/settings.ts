import { ConfigError, type Problem } from "./config_error.ts";
import { parseDuration } from "../text/duration.ts";
import { DEFAULT_RUN_FOLDER } from "./run_folders.ts";

/** The supervisor's settings, checked and complete. Times are milliseconds. */
export interface SupervisorSettings {
  /** Until the first mount; `Infinity` without a limit. */
  readonly startTimeout: number;
  /** The whole stop budget; `Infinity` without a limit. */
  readonly stopTimeout: number;
  readonly restartDelay: number;
  readonly restartMaxDelay: number;
  /** Failures in a row without a mount, then give up; `Infinity` = never. */
  readonly restartLimit: number;
  /** Mounted that long resets the backoff. */
  readonly stableAfter: number;
  /** Requests unanswered that long: kill and mount again; `Infinity` = never. */
  readonly hangTimeout: number;
  /** How often to look for waiting requests; `Infinity` = never. */
  readonly probeInterval: number;
  readonly probeTimeout: number;
  readonly watchConfig: boolean;
  readonly runDir: string;
  /** `host:port` for the control endpoints on TCP. */
  readonly httpAddr: { readonly host: string; readonly port: number } | undefined;
  readonly terminationLog: string;
  readonly logFormat: "text" | "json";
  readonly logLevel: LogLevel;
  /** Whether the component is supervised; `undefined` leaves it to the component. */
  readonly supervise: boolean | undefined;
  /** `once`: honour an explicit format option one time. */
  readonly allowFormat: "once" | undefined;
  readonly writeMountScript: boolean;
}

/** Those of them that bear on a plan. */
export type PlanSettings = Pick<SupervisorSettings, "supervise" | "allowFormat">;

/** What a plan is made with that nobody starts: of a check, or for the masters' addresses in it. */
export const NOTHING_SET: PlanSettings = { supervise: undefined, allowFormat: undefined };

/** From the most to the least talkative. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** One of {@link LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

/** One setting, as data: for reading it and for the documentation. */
export interface SettingSpec {
  /** The environment variable. */
  readonly variable: string;
  /** The flag of `run` of the same name. */
  readonly flag: string;
  /** What stands in the flag's help for the value. */
  readonly value: string;
  /** The default as one would write it; empty for "off". */
  readonly preset: string;
  readonly summary: string;
  /** Reads the text. @returns the value, or `undefined` when the text is wrong */
  readonly read: (text: string) => unknown;
  /** What is wanted, for the error. */
  readonly wanted: string;
}

const DURATION = "a duration such as 250ms, 25s or 5m";
const BOOLEAN = "true or false";

/** All settings of our own, by the name they have in {@link SupervisorSettings}. */
export function settingSpecs(): Readonly<Record<keyof SupervisorSettings, SettingSpec>> {
  return {
    startTimeout: spec("START_TIMEOUT", "TIME", "180s", "until the first mount", limit, DURATION),
    stopTimeout: spec("STOP_TIMEOUT", "TIME", "25s", "the whole stop budget", limit, DURATION),
    restartDelay: spec(
      "RESTART_DELAY",
      "TIME",
      "500ms",
      "the wait before the second restart; it doubles with each further one",
      parseDuration,
      DURATION,
    ),
    restartMaxDelay: spec(
      "RESTART_MAX_DELAY",
      "TIME",
      "30s",
      "the longest wait before a restart",
      parseDuration,
      DURATION,
    ),
    restartLimit: spec(
      "RESTART_LIMIT",
      "COUNT",
      "10",
      "failures in a row without a mount, then give up; 0 = never",
      (text) => /^\d{1,9}$/.test(text) ? Number(text) || Infinity : undefined,
      "a whole number",
    ),
    stableAfter: spec(
      "STABLE_AFTER",
      "TIME",
      "60s",
      "mounted that long resets the backoff",
      parseDuration,
      DURATION,
    ),
    hangTimeout: spec(
      "HANG_TIMEOUT",
      "TIME",
      "300s",
      "requests unanswered that long: kill and mount again; 0 = never",
      limit,
      DURATION,
    ),
    probeInterval: spec(
      "PROBE_INTERVAL",
      "TIME",
      "10s",
      "how often to look for requests that wait",
      limit,
      DURATION,
    ),
    probeTimeout: spec(
      "PROBE_TIMEOUT",
      "TIME",
      "5s",
      "how long the probe of a mount may take",
      limit,
      DURATION,
    ),
    watchConfig: spec(
      "WATCH_CONFIG",
      "BOOL",
      "true",
      "apply changes of the runtime config",
      parseBoolean,
      BOOLEAN,
    ),
    runDir: spec(
      "RUN_DIR",
      "DIR",
      DEFAULT_RUN_FOLDER,
      "control socket, locks and private fusectl",
      parsePath,
      "an absolute path",
    ),
    httpAddr: spec(
      "HTTP_ADDR",
      "HOST:PORT",
      "",
      "the health endpoints on TCP too",
      parseAddress,
      "host:port, such as 127.0.0.1:9004 or :9004",
    ),
    terminationLog: spec(
      "TERMINATION_LOG",
      "FILE",
      "/dev/termination-log",
      "where the last words go",
      parsePath,
      "an absolute path",
    ),
    logFormat: spec(
      "LOG_FORMAT",
      "FORMAT",
      "text",
      "how our own log lines look",
      (text) => ["text", "json"].find((format) => format === text.toLowerCase()),
      "text or json",
    ),
    logLevel: spec(
      "LOG_LEVEL",
      "LEVEL",
      "info",
      "the least serious of our own log lines that is shown",
      (text) => LOG_LEVELS.find((level) => level === text.toLowerCase()),
      LOG_LEVELS.join(", "),
    ),
    supervise: spec(
      "SUPERVISE",
      "BOOL",
      "",
      "stay and keep the daemon alive; by default for FUSE only",
      parseBoolean,
      BOOLEAN,
    ),
    allowFormat: spec(
      "ALLOW_FORMAT",
      "WORD",
      "",
      "once: honour an explicit format option one time, behind a marker",
      (text) => text.toLowerCase() === "once" ? "once" : undefined,
      "once",
    ),
    writeMountScript: spec(
      "WRITE_MOUNT_SCRIPT",
      "BOOL",
      "false",
      "also write $CURVINE_HOME/mount-curvine.sh",
      parseBoolean,
      BOOLEAN,
    ),
  };
}

/**
 * Reads all settings: the default, then the environment, then the flags. An empty value counts as
 * not given.
 *
 * @param flags a flag's values; the last one counts
 * @throws {ConfigError} with every setting that cannot be read
 */
export function readSettings(
  env: Readonly<Record<string, string>>,
  flags: ReadonlyMap<string, readonly string[]> = new Map(),
): SupervisorSettings {
  const problems: Problem[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(settingSpecs())) {
    const flag = flags.get(spec.flag)?.at(-1);
    const [path, text] = flag !== undefined && flag !== ""
      ? [`--${spec.flag}`, flag]
      : [`$${spec.variable}`, env[spec.variable] || spec.preset];
    if (text === "") {
      settings[name] = undefined;
      continue;
    }
    const value = spec.read(text.trim());
    // What is off unless it is set may also be said to be off.
    const isOff = spec.preset === "" && parseBoolean(text.trim()) === false;
    if (value === undefined && !isOff) {
      problems.push({ path, message: `value is ${JSON.stringify(text)}, wanted ${spec.wanted}` });
    }
    settings[name] = value;
  }
  if (problems.length > 0) throw new ConfigError("the settings", problems);
  return settings as unknown as SupervisorSettings;
}

function spec(
  name: string,
  value: string,
  preset: string,
  summary: string,
  read: (text: string) => unknown,
  wanted: string,
): SettingSpec {
  return {
    variable: `CURVINE_FLUID_${name}`,
    flag: name.toLowerCase().replaceAll("_", "-"),
    value,
    preset,
    summary,
    read,
    wanted,
  };
}

/** A limit: 0 turns it off. */
function limit(text: string): number | undefined {
  const duration = parseDuration(text);
  return duration === 0 ? Infinity : duration;
}

function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (["true", "1", "yes", "on"].includes(word)) return true;
  return ["false", "0", "no", "off"].includes(word) ? false : undefined;
}

function parsePath(text: string): string | undefined {
  return text.startsWith("/") && !text.includes("\0") ? text : undefined;
}

function parseAddress(text: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s/]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || !(port >= 0 && port <= 65535)) return undefined;
  return { host: match[1] ?? (match[2] || "0.0.0.0"), port };
}
