import { type LineFilter, readFilter } from "./line_filter.ts";
import { type ShellCommand, splitPipeline } from "./shell_words.ts";

/** A string that Fluid gives to a shell, as what it means. Fluid: Every command that Fluid runs. */
export type ShellString =
  | {
    readonly kind: "check-mount";
    readonly folder: string;
    readonly type: string;
    readonly below: string;
    readonly timed: boolean;
  }
  /** `/check-mount.sh` of a sidecar without privileges: it tells the device plugin. */
  | { readonly kind: "check-device"; readonly timed: boolean }
  | { readonly kind: "disk-usage"; readonly target: string }
  | { readonly kind: "count-files"; readonly target: string }
  | {
    readonly kind: "pipeline";
    readonly source: "ls" | "df" | "mount";
    readonly args: readonly string[];
    readonly filters: readonly LineFilter[];
  }
  | { readonly kind: "umount"; readonly args: readonly string[] }
  | { readonly kind: "script"; readonly name: string };

/** The scripts of earlier images, which class templates call through a shell. */
const SCRIPTS = new Set(["mountUfs.sh", "reportSummary.sh"]);

/** Where Fluid up to 1.0.7 had the words of a postStart go: to the log of the container. */
const CONTAINER_LOG = "/proc/1/fd/1";

/**
 * Recognizes the strings that Fluid passes to a shell, with any spacing. Nothing is interpreted
 * beyond them: there is no shell in here to be tricked.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(readShellString("df --block-size=1 |grep /mnt/x"), {
 *   kind: "disk-usage",
 *   target: "/mnt/x",
 * });
 * assert.equal(readShellString("df --block-size=1 |grep /mnt/x; reboot"), undefined);
 * ```
 */
export function readShellString(text: string): ShellString | undefined {
  const commands = splitPipeline(text);
  if (commands === undefined) return undefined;
  const [first, ...filters] = commands;
  if (first === undefined) return undefined;
  if (filters.length === 0) return readSingle(first);
  if (commands.some(({ appendTo }) => appendTo !== undefined)) return undefined;
  const words = commands.map(plainWords);
  const [source, ...rest] = words;
  if (source === undefined || rest.includes(undefined)) return undefined;
  return readPipeline(source, rest.map((one) => one ?? []));
}

/** The words of a command that holds no pattern for file names. */
function plainWords({ words }: ShellCommand): string[] | undefined {
  // A pattern of grep's is none for file names as long as no file has such a name.
  const command = words[0]?.text;
  const isPattern = words.some(({ pattern }) => pattern) && command !== "grep";
  return isPattern ? undefined : words.map(({ text }) => text);
}

function readPipeline(
  source: readonly string[],
  rest: readonly (readonly string[])[],
): ShellString | undefined {
  const [name, ...args] = source;
  if (name !== "ls" && name !== "df" && name !== "mount") return undefined;
  const [grep, count, ...more] = rest;
  if (grep === undefined) return undefined;
  const [, target, ...others] = grep;
  // Neither asks for more than it has to: a mount that hangs must not keep the others' lines back.
  if (
    matches(source, ["df", "--block-size=1"]) && rest.length === 1 && grep[0] === "grep" &&
    target !== undefined && target !== "" && !target.startsWith("-") && others.length === 0
  ) return { kind: "disk-usage", target };
  const [options, folder, ...folders] = args;
  if (
    name === "ls" && options === "-lR" && folder !== undefined && folders.length === 0 &&
    matches(grep, ["grep", "^-"]) && count !== undefined && matches(count, ["wc", "-l"]) &&
    more.length === 0
  ) return { kind: "count-files", target: folder };
  const filters = rest.map(readFilter).filter((filter) => filter !== undefined);
  return filters.length === rest.length
    ? { kind: "pipeline", source: name, args, filters }
    : undefined;
}

function readSingle({ words, appendTo }: ShellCommand): ShellString | undefined {
  const texts = words.map(({ text }) => text);
  const timed = texts[0] === "time";
  const [name = "", ...args] = timed ? texts.slice(1) : texts;
  if (name === "/check-mount.sh") {
    if (appendTo !== undefined && appendTo !== CONTAINER_LOG) return undefined;
    const [folder, type, ...below] = args;
    if (folder === undefined) return { kind: "check-device", timed };
    if (type === undefined) return undefined;
    // Fluid quotes nothing: a sub-path with a space comes as two words.
    return { kind: "check-mount", folder, type, below: below.join(" "), timed };
  }
  if (timed || appendTo !== undefined || words.some(({ pattern }) => pattern)) return undefined;
  // The preStop of a ThinRuntime up to Fluid 1.0.6.
  if (name === "umount") return args.length === 0 ? undefined : { kind: "umount", args };
  const script = name.slice(name.lastIndexOf("/") + 1);
  return args.length === 0 && SCRIPTS.has(script) ? { kind: "script", name: script } : undefined;
}

function matches(words: readonly string[], wanted: readonly string[]): boolean {
  return words.length === wanted.length && words.every((word, index) => word === wanted[index]);
}
