import type { WantedMount } from "./wanted_mounts.ts";

/** A mount that we made for a dataset. Nothing in it is secret. */
export interface RecordedMount {
  readonly path: string;
  readonly ufs: string;
  /** The names of all options; one that goes away cannot be taken back by an update. */
  readonly options: readonly string[];
  /**
   * A salted hash of the options' values; `""` when it is not known whether the mount was made
   * with them, for it is written before Curvine is asked.
   */
  readonly fingerprint: string;
}

/** What we made for a dataset: how a mount that is gone from it is told from somebody else's. */
export interface MountRecord {
  /** `namespace/name`: the same disk may see another dataset later. */
  readonly dataset: string;
  readonly salt: string;
  readonly mounts: ReadonlyMap<string, RecordedMount>;
}

const VERSION = 1;

/**
 * Reads a record. One that cannot be read counts as none: then nothing is unmounted, and every
 * mount of the dataset is updated once.
 *
 * @param salt for a new record
 */
export function readMountRecord(
  text: string | undefined,
  dataset: string,
  salt: string,
): MountRecord {
  const none = { dataset, salt, mounts: new Map() };
  let file: unknown;
  try {
    file = JSON.parse(text ?? "null");
  } catch {
    return none;
  }
  if (!isObject(file) || file.version !== VERSION || file.dataset !== dataset) return none;
  if (typeof file.salt !== "string" || !Array.isArray(file.mounts)) return none;
  const mounts = file.mounts.filter(isRecordedMount);
  return { dataset, salt: file.salt, mounts: new Map(mounts.map((mount) => [mount.path, mount])) };
}

/** The record as it is kept. */
export function writeMountRecord(record: MountRecord): string {
  const { dataset, salt } = record;
  return `${
    JSON.stringify({ version: VERSION, dataset, salt, mounts: [...record.mounts.values()] })
  }\n`;
}

/** The record with a mount put in, or taken out. */
export function withMount(
  record: MountRecord,
  path: string,
  mount: RecordedMount | undefined,
): MountRecord {
  const mounts = new Map(record.mounts);
  if (mount === undefined) mounts.delete(path);
  else mounts.set(path, mount);
  return { ...record, mounts };
}

/** What the record keeps of a mount. @param known whether Curvine has it with these options */
export async function recordOf(
  mount: WantedMount,
  salt: string,
  known: boolean,
): Promise<RecordedMount> {
  return {
    path: mount.path,
    ufs: mount.ufs,
    options: [...mount.flags.keys(), ...mount.properties.keys()],
    fingerprint: known ? await fingerprint(mount, salt) : "",
  };
}

/** A hash of a mount's options; salted, for a short secret could be guessed from a plain one. */
export async function fingerprint(mount: WantedMount, salt: string): Promise<string> {
  const text = JSON.stringify([salt, [...mount.flags], [...mount.properties]]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isRecordedMount(value: unknown): value is RecordedMount {
  return isObject(value) && typeof value.path === "string" && typeof value.ufs === "string" &&
    typeof value.fingerprint === "string" && Array.isArray(value.options) &&
    value.options.every((name) => typeof name === "string");
}
