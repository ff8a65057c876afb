import { nearestName } from "../../text/nearest_name.ts";

/** Schemes of mount points that Curvine's programs take. Curvine: What Curvine refuses of a mount. */
const SCHEMES = ["s3", "oss", "cos", "gcs", "azblob", "hdfs", "webhdfs", "file"];

/** Parts of Curvine know these already; its mounts do not yet. */
const COMING: Readonly<Record<string, string>> = { s3a: "s3", gs: "gcs", azure: "azblob" };

/** What people have for a storage elsewhere, and what stands for it here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  s3n: "write s3://",
  minio: "write s3:// and set endpoint_url",
  obs: "write s3:// and set endpoint_url",
  tos: "write s3:// and set endpoint_url",
  bos: "write s3:// and set endpoint_url",
  ks3: "write s3:// and set endpoint_url",
  cosn: "write cos://",
  wasb: "write azblob://",
  wasbs: "write azblob://",
  abfs: "write azblob://",
  abfss: "write azblob://",
  http: "write s3:// and set endpoint_url where it is an object store, or webhdfs://",
  https: "write s3:// and set endpoint_url where it is an object store, or webhdfs://",
  // Fluid's own, which it knows in lower case alone.
  pvc: "write pvc:// in lower case",
  local: "write local:// in lower case",
  nfs: "mount it in the masters, the workers and the client, and write file:///that/path",
  cephfs: "mount it in the masters, the workers and the client, and write file:///that/path",
};

/** What is wrong with a mount point's scheme. */
export interface SchemeFault {
  readonly wanted: string;
  readonly hint?: string;
  /** Whether a newer Curvine may take it: it is tried all the same. */
  readonly maybe: boolean;
}

/**
 * What Curvine will say of a scheme.
 *
 * @param scheme in lower case
 * @returns `undefined` for one that it takes
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(schemeFault("s3"), undefined);
 * assert.equal(schemeFault("minio")?.hint, "write s3:// and set endpoint_url");
 * assert.equal(schemeFault("hfds")?.hint, "write hdfs://");
 * ```
 */
export function schemeFault(scheme: string): SchemeFault | undefined {
  if (SCHEMES.includes(scheme)) return undefined;
  const wanted = `one of ${SCHEMES.join(", ")}`;
  const coming = Object.hasOwn(COMING, scheme) ? COMING[scheme] : undefined;
  if (coming !== undefined) return { wanted, hint: `write ${coming}://`, maybe: true };
  const near = Object.hasOwn(ELSEWHERE, scheme)
    ? ELSEWHERE[scheme]
    : nearestName(scheme, SCHEMES)?.concat("://").replace(/^/, "write ");
  return { wanted, ...(near === undefined ? {} : { hint: near }), maybe: false };
}

/** Characters that cv takes in the name of an S3 bucket. */
const BUCKET = /^[A-Za-z0-9.-]*$/;

/**
 * What cv refuses of an S3 bucket's name.
 *
 * @param rest what stands behind `s3://`
 */
export function bucketFault(rest: string): { wanted: string; hint?: string } | undefined {
  const [bucket = ""] = rest.split("/", 1);
  if (BUCKET.test(bucket)) return undefined;
  return {
    wanted: "a bucket of letters, digits, - and . alone",
    ...(bucket.includes("@") ? { hint: "credentials belong in encryptOptions" } : {}),
  };
}

/**
 * What a mount point without a scheme was most likely to be.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(repairedScheme("s3:/b/x"), "s3://b/x");
 * assert.equal(repairedScheme("curvine:/d"), "curvine:///d");
 * assert.equal(repairedScheme("bucket/dir"), undefined);
 * ```
 */
export function repairedScheme(mountPoint: string): string | undefined {
  const [, scheme, rest = ""] = /^\s*([a-z][a-z0-9+.-]*)(?::\/*|\/\/+)(.*)$/is.exec(mountPoint) ??
    [];
  const lower = scheme?.toLowerCase() ?? "";
  const native = /^(?:curvine|curvinefs|cv)$/.test(lower);
  const fluids = lower === "local" || lower === "pvc";
  if (!native && !fluids && !SCHEMES.includes(lower)) return undefined;
  // A path of Curvine's, or of a machine, has no host before it.
  return `${lower}://${native || lower === "file" || lower === "local" ? "/" : ""}${rest}`;
}
