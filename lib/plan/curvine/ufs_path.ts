/**
 * A path inside Curvine in its one spelling: absolute, single slashes, none at the end.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(normalizePath("data//raw/"), "/data/raw");
 * assert.equal(normalizePath(""), "/");
 * ```
 */
export function normalizePath(path: string): string {
  return `/${path.split("/").filter((part) => part !== "").join("/")}`;
}

/** The scheme of `scheme://…` in lower case, `undefined` where there is none. */
export function schemeOf(uri: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):\/\//i.exec(uri)?.[1]?.toLowerCase();
}

/** Curvine itself: `cv` is its own name for it, the others are Fluid users'. */
const NATIVE = new Set(["curvine", "curvinefs", "cv"]);

/** Whether a mount point lies in Curvine itself, so that nothing has to be mounted there. */
export function isNative(mountPoint: string): boolean {
  return NATIVE.has(schemeOf(mountPoint) ?? "");
}

/**
 * The directory inside Curvine that a native mount point names: `curvine:///a` and `/a` name `/a`,
 * and so does `curvine://a`, as the scripts before us had it.
 */
export function nativePath(mountPoint: string): string {
  const scheme = schemeOf(mountPoint);
  const rest = scheme === undefined ? mountPoint : mountPoint.slice(`${scheme}://`.length);
  return `/${rest.split("/").filter((part) => part !== "" && part !== ".").join("/")}`;
}

/**
 * The host that a native mount point names: Curvine's paths have none, and what looks like one
 * would become a directory.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(authorityOf("curvine://m1:8995/d"), "m1:8995");
 * assert.equal(authorityOf("curvine://data/x"), undefined);
 * ```
 */
export function authorityOf(mountPoint: string): string | undefined {
  if (!isNative(mountPoint)) return undefined;
  const [first = ""] = mountPoint.slice(mountPoint.indexOf("://") + "://".length).split("/", 1);
  const isHost = /[:@,]/.test(first) || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(first) ||
    /\.svc(?:\.|$)/.test(first) || first === "localhost";
  return isHost ? first : undefined;
}

/** What mends a mount point that names a host. */
export const WHERE_MASTERS = "a ThinRuntime's masters are named by the option master-endpoints " +
  "or by CURVINE_MASTER_ENDPOINTS; a CacheRuntime has its own";

/**
 * A UFS path in the one spelling that Curvine's mount table has for it: the scheme in lower case,
 * single slashes, none at the end.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(normalizeUfs("S3://lake//a//b/"), "s3://lake/a/b");
 * assert.equal(normalizeUfs("s3://lake/"), "s3://lake");
 * assert.equal(normalizeUfs("file:///a//b"), "file:///a/b");
 * ```
 */
export function normalizeUfs(uri: string): string {
  const scheme = schemeOf(uri);
  if (scheme === undefined) return uri;
  const rest = uri.slice(scheme.length + "://".length).replace(/\/+/g, "/");
  // `file:///a` keeps the slash that its empty authority leaves it.
  const trimmed = rest.replace(/\/$/, "");
  return `${scheme}://${trimmed === "" && rest !== "" ? "/" : trimmed}`;
}

/** Whether a path is another or lies below it; `/data2` is not below `/data`. */
export function isWithin(path: string, above: string): boolean {
  return path === above || above === "/" ||
    path.startsWith(above.endsWith("/") ? above : `${above}/`);
}
