/** What a successor inherits: a descriptor of `/dev/fuse` and the mount that it serves. */
export interface InheritedMount {
  readonly descriptor: number;
  readonly path: string;
}

/** Curvine's marks of a state file (Takeover: Start). */
const MAGIC = "cvfs";
const VERSION = 1;

/**
 * Numbers that one daemon's life may use up. No daemon gives out a million million node ids or file
 * handles before it is replaced.
 */
const LIFE = 2n ** 40n;
/** Where curvine-fuse begins to count nodes that have no id of Curvine's own. */
const FIRST_NODE = (2n ** 63n - 1n) / 2n;
/** As many lives as there are numbers for below the kernel's highest. */
const MOST_TAKEOVERS = Number((2n ** 63n - 1n - FIRST_NODE) / LIFE) - 1;

/**
 * The state file from which curvine-fuse takes connections over: no nodes and no handles, only
 * where to go on counting. The kernel must never see a number again for another file, so that each
 * life gets numbers of its own.
 *
 * @param nth which takeover of these connections it is, beginning with 1
 * @throws {RangeError} for a number without an own range, or when there is nothing to inherit
 *
 * @example
 * ```ts
 * const text = takeoverState([{ descriptor: 7, path: "/t" }], 1);
 * if (!text.startsWith('{"7":"/t"}\ncvfs1\n4611687117939015679\n')) throw new Error(text);
 * ```
 */
export function takeoverState(mounts: readonly InheritedMount[], nth: number): string {
  if (!Number.isSafeInteger(nth) || nth < 1 || nth > MOST_TAKEOVERS) {
    throw new RangeError(`Cannot number takeover ${nth}: wanted 1 to ${MOST_TAKEOVERS}`);
  }
  if (mounts.length === 0) throw new RangeError("Cannot hand on a connection: there is none");
  const descriptors = Object.fromEntries(
    mounts.map(({ descriptor, path }) => [`${descriptor}`, path]),
  );
  const used = BigInt(nth) * LIFE;
  const nodes = 0, files = 0, folders = 0;
  return [
    JSON.stringify(descriptors),
    `${MAGIC}${VERSION}`,
    FIRST_NODE + used,
    nodes,
    files,
    folders,
    used + 1n,
    "",
  ].join("\n");
}
