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

/** A UFS path in its one spelling: the scheme in lower case, no slash at the end. */
export function normalizeUfs(uri: string): string {
  const scheme = schemeOf(uri);
  if (scheme === undefined) return uri;
  const rest = uri.slice(scheme.length + "://".length);
  // `file:///a` keeps the slash that its empty authority leaves it.
  const trimmed = rest.replace(/\/+$/, "");
  return `${scheme}://${trimmed === "" && rest !== "" ? "/" : trimmed}`;
}

/** Whether a path is another or lies below it; `/data2` is not below `/data`. */
export function isWithin(path: string, above: string): boolean {
  return path === above || above === "/" || path.startsWith(`${above}/`);
}
