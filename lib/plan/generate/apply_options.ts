import { isFuseOption, isOtherFuseOption } from "../curvine/fuse_option.ts";
import { keyOf, lookUpKey, RETIRED_KEYS } from "../curvine/key_table.ts";
import { durationHint, parseKeyValue, parseMilliseconds } from "../curvine/key_value.ts";
import { isFluidOption } from "../fluid/fluid_option.ts";
import { nearestName } from "../../text/nearest_name.ts";
import { isTomlTable, type TomlTable, tomlTable, type TomlValue } from "../curvine/toml_value.ts";
import { choiceFault } from "../curvine/key_choices.ts";
import { isSecretName } from "../secret_names.ts";
import { quoteValue } from "../secret_text.ts";
import type { Generation } from "./generation.ts";
import {
  knownOptionNames,
  type OptionScope,
  type OptionTarget,
  optionTarget,
} from "./option_target.ts";
import { namesSecretFile } from "../secrets.ts";

/** One set of options, and where in the runtime config (or the environment) it stands. */
export interface OptionLayer {
  readonly scope: OptionScope;
  /** Such as `worker.options`. */
  readonly at: string;
  /** An option's own place, where it is not `<at>.<name>`. */
  place?(name: string): string;
  readonly options: Readonly<Record<string, string>>;
}

/** Keys that follow from the topology, each with where they come from. */
export type ManagedKeys = Readonly<Record<string, string>>;

/** Below this many milliseconds, a timeout without a unit in its name looks like seconds. */
const SUSPICIOUS_TIMEOUT_MS = 1000;

/** Finding the nearest name takes a while; nobody reads more than so many of them. */
const MAX_ADVISED = 100;

/**
 * Lays options over the configuration. Every value gets its key's type; whatever is wrong is
 * reported with the option's place, and nothing of it is applied.
 */
export function applyOptions(
  generation: Generation,
  layer: OptionLayer,
  managed: ManagedKeys,
): void {
  const setBy = new Map<string, string>();
  for (const [name, text] of Object.entries(layer.options)) {
    if (isFluidOption(name)) continue;
    const at = layer.place?.(name) ?? `${layer.at}.${name}`;
    if (isMountWord(name, text, layer.scope)) {
      warnMountWord(name, at, generation);
      continue;
    }
    const target = optionTarget(layer.scope, name);
    if (target === undefined) {
      generation.problem(
        layer.at,
        `the option name ${JSON.stringify(name)} is not a key; ` +
          "letters, digits, _ and - are wanted, with dots between nested keys",
      );
      continue;
    }
    const key = dotted(target);
    const source = Object.hasOwn(managed, key) ? managed[key] : undefined;
    if (source !== undefined) {
      generation.problem(at, `"${key}" is managed and cannot be set by an option`, source);
      continue;
    }
    const earlier = setBy.get(key);
    if (earlier !== undefined && layer.options[earlier] !== text) {
      generation.problem(at, `sets "${key}", and so does "${earlier}", to another value`);
      continue;
    }
    const value = valueOf({ name, text, target, at, scope: layer.scope }, generation);
    if (value === undefined) continue;
    setBy.set(key, name);
    generation.asked.set(key, at);
    if (!setKey(generation.toml, target, value)) {
      generation.problem(at, `sets "${key}", but a part of that name already has a plain value`);
    }
  }
}

/** `noatime: ""` and its like: an option of mount(2), as other FUSE file systems have them. */
function isMountWord(name: string, text: string, scope: OptionScope): boolean {
  return (scope === "thin" || scope === "client") && SWITCH.test(text) &&
    (isFuseOption(name) || isOtherFuseOption(name));
}

/** What people write behind a word that is a switch. */
const SWITCH = /^\s*(?:|true|yes|on|1|false|no|off|0)\s*$/i;

function warnMountWord(name: string, at: string, generation: Generation): void {
  const mend = isFuseOption(name) ? `write fuse_opts: ${name}` : "curvine-fuse takes no such";
  generation.warn(
    "mount-option",
    `${at}: "${name}" is an option of the mount, no key; it is left out (${mend})`,
    at,
  );
}

/** One option, and the key that it sets. */
interface Option {
  readonly name: string;
  readonly text: string;
  /** Its place, for messages. */
  readonly at: string;
  readonly target: OptionTarget;
  readonly scope: OptionScope;
}

/** @returns `undefined` where it has none that is right, which is reported */
function valueOf(option: Option, generation: Generation): TomlValue | undefined {
  const { name, text, at, target } = option;
  const key = dotted(target);
  let plain = text;
  let shown = (): string => quoteValue(name, text);
  if (namesSecretFile(text)) {
    const secret = generation.secrets.read(text, generation.inputs);
    if (!secret.ok) {
      generation.problem(at, secret.message, secret.hint);
      return undefined;
    }
    plain = secret.content;
    shown = () => `the content of ${JSON.stringify(text)}`;
    generation.secrets.hidePath(pathOf(target));
  } else if (isSecretName(name)) {
    generation.secrets.hidePath(pathOf(target));
  }
  if (!plain.isWellFormed()) {
    generation.problem(
      at,
      `is ${shown()}, which holds half of a surrogate pair; TOML wants Unicode text`,
    );
    return undefined;
  }
  const known = lookUpKey(target.section, target.path);
  if (known === "table") {
    generation.problem(at, `"${key}" is a table; set a key inside it, such as "${name}.level"`);
    return undefined;
  }
  const plainKey = target.path.findIndex((_part, index) =>
    index > 0 && typeof lookUpKey(target.section, target.path.slice(0, index)) === "object"
  );
  if (plainKey > 0) {
    const outer = dotted({ ...target, path: target.path.slice(0, plainKey) });
    generation.problem(at, `sets "${key}", but "${outer}" is a plain value with no keys inside`);
    return undefined;
  }
  if (known === undefined || known === "open") {
    if (known === undefined) warnUnknown(option, shown(), generation);
    return guess(plain);
  }
  const [type] = known;
  const counted = unitOf(option);
  const timeout = timed(option, plain, counted);
  if (timeout !== undefined) {
    if (timeout.suspicious) {
      const seconds = counted === undefined
        ? `${Number(plain)}s`
        : String(Number(plain) * SUSPICIOUS_TIMEOUT_MS);
      generation.warn(
        "suspicious-timeout",
        `${at}: ${shown()} is taken as milliseconds, as Curvine does; ` +
          `for seconds write ${JSON.stringify(seconds)}`,
        at,
      );
    }
    return timeout.value;
  }
  const choice = choiceFault(target.section, target.path, plain);
  if (choice !== undefined) {
    // Newer builds of Curvine may know more words: it is kept.
    generation.warn(
      "unknown-word",
      `${at} is ${shown()}; ${choice.wanted} is wanted, for of another word Curvine takes its ` +
        `default or ends at the start` + (choice.hint === undefined ? "" : ` (${choice.hint})`),
      at,
    );
  }
  const parsed = parseKeyValue(type, plain);
  if (parsed.ok) return parsed.value;
  const wanted = counted === undefined
    ? parsed.wanted
    : `${counted.word}, or a duration such as 500ms or 5s,`;
  const hint = parsed.hint ?? (counted === undefined ? inUnits(key, plain) : durationHint(plain));
  generation.problem(at, `is ${shown()}; ${wanted} is wanted`, hint);
  return undefined;
}

/** What the keys of some names count, in milliseconds. */
const UNITS: readonly { readonly end: string; readonly ms: number; readonly word: string }[] = [
  { end: "_ms", ms: 1, word: "milliseconds" },
  { end: "_secs", ms: 1000, word: "seconds" },
];

/** A key that says its unit in its name takes none in the value. */
function inUnits(key: string, text: string): string | undefined {
  const unit = UNITS.find(({ end }) => key.endsWith(end));
  const value = unit === undefined ? undefined : parseMilliseconds(text);
  return unit === undefined || value === undefined || value % unit.ms !== 0
    ? undefined
    : `write "${value / unit.ms}"`;
}

/** The unit that an option's key counts, and that the option's own name does not say. */
function unitOf({ name, target }: Option): typeof UNITS[number] | undefined {
  const key = target.path.at(-1) ?? "";
  const [type] = keyOf(target.section, target.path.join(".")) ?? [];
  if (type !== "integer") return undefined;
  return UNITS.find(({ end }) => key.endsWith(end) && !name.endsWith(end.slice(1)));
}

/**
 * `entry-timeout` and its like: the key counts milliseconds, or seconds, but the option's name does
 * not say so. With a unit it is clear what is meant, and newer builds of Curvine read it so; of a
 * bare number other FUSE file systems think as seconds, also where the key is a duration.
 */
function timed(
  { name, target }: Option,
  text: string,
  unit: typeof UNITS[number] | undefined,
): { value: TomlValue; suspicious: boolean } | undefined {
  const [type] = keyOf(target.section, target.path.join(".")) ?? [];
  const isNumber = /^\d{1,15}(\.\d{1,15})?$/.test(text.trim());
  const number = Number(text);
  const small = number > 0 && number < SUSPICIOUS_TIMEOUT_MS;
  if (type === "duration" && isNumber && small && !name.endsWith("ms")) {
    return { value: text.trim(), suspicious: true };
  }
  if (unit === undefined) return undefined;
  const withUnit = /[a-z]\s*$/i.test(text) ? parseMilliseconds(text) : undefined;
  if (withUnit !== undefined) return { value: Math.ceil(withUnit / unit.ms), suspicious: false };
  if (!isNumber) return undefined;
  const odd = small || !Number.isInteger(number) || text.includes(".");
  return { value: Math.ceil(number), suspicious: unit.ms === 1 && number > 0 && odd };
}

function warnUnknown(
  { name, at, target, scope }: Option,
  shown: string,
  generation: Generation,
): void {
  const key = dotted(target);
  const bare = key.slice(key.lastIndexOf(".") + 1).replaceAll("-", "_");
  const replacement = Object.hasOwn(RETIRED_KEYS, bare) ? RETIRED_KEYS[bare] : undefined;
  const isMountOptions = (scope === "thin" || scope === "client") &&
    /^(?:mount|fuse)?_?(?:options?|opts?)$/i.test(bare);
  const near = replacement === undefined && generation.warnings.length < MAX_ADVISED
    ? nearestName(name.replaceAll("-", "_"), knownOptionNames(scope))
    : undefined;
  const advice = replacement !== undefined
    ? `; Curvine no longer reads it, see "${replacement}"`
    : isMountOptions
    ? '; did you mean "fuse_opts"?'
    : near !== undefined
    ? `; did you mean "${near}"?`
    : "";
  generation.warn(
    "unknown-option",
    `${at} is ${shown}: Curvine knows no key "${key}"; it is kept${advice}`,
    at,
  );
}

/** An unknown key's text: a newer Curvine may read it, and would want its natural type. */
function guess(text: string): TomlValue {
  if (text === "true" || text === "false") return text === "true";
  return /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}

/** Sets a key, making the tables on its way. @returns false where a plain value is in the way */
export function setKey(toml: TomlTable, target: OptionTarget, value: TomlValue): boolean {
  const path = pathOf(target);
  let table = toml;
  for (const part of path.slice(0, -1)) {
    const inner = table[part] ??= tomlTable();
    if (!isTomlTable(inner)) return false;
    table = inner;
  }
  const last = path[path.length - 1] ?? "";
  if (isTomlTable(table[last])) return false;
  table[last] = value;
  return true;
}

function pathOf({ section, path }: OptionTarget): string[] {
  return section === "" ? [...path] : [section, ...path];
}

function dotted(target: OptionTarget): string {
  return pathOf(target).join(".");
}
