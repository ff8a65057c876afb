import { createHash } from "node:crypto";

/** An object as a bucket has it. */
export interface StoredObject {
  readonly body: Uint8Array;
  readonly etag: string;
  /** Whole milliseconds; a test sees whether somebody wrote the object again. */
  readonly modified: number;
  /** `x-amz-meta-*` and the headers that S3 keeps, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** What a comparison of two moments looks at: all that an object has but its bytes. */
export type BucketPicture = Readonly<
  Record<string, Omit<StoredObject, "body"> & { readonly size: number }>
>;

interface Upload {
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly tags: Record<string, string>;
  readonly parts: Map<number, { body: Uint8Array; etag: string }>;
}

/** Headers that an object keeps beside `x-amz-meta-*`. */
const KEPT = ["content-type", "content-encoding", "content-disposition", "cache-control"];

/**
 * A small S3 for tests, on loopback, path-style, whose signatures nobody checks: listings (both
 * versions), reads with ranges and conditions, writes with conditions, copies, multipart uploads,
 * deletes one by one and in a batch, tags. It keeps times and tags, which a folder would not, so
 * that a test can say "nothing in it differs".
 */
export class S3Server implements AsyncDisposable {
  readonly #buckets = new Map<string, Map<string, StoredObject>>();
  readonly #uploads = new Map<string, Upload>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** `METHOD /path?query` of every request, in their order. */
  readonly requests: string[] = [];
  /** Milliseconds that every answer waits: a store that is far away. */
  delayMs = 0;

  constructor(...buckets: readonly string[]) {
    for (const bucket of buckets) this.#buckets.set(bucket, new Map());
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Puts an object there as somebody else would have, long ago. */
  put(bucket: string, key: string, body: string | Uint8Array, tags = {}): void {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const modified = Date.UTC(2024, 0, 2, 3, 4, 5);
    this.#bucket(bucket).set(key, stored(bytes, { "x-amz-meta-origin": "test" }, tags, modified));
  }

  /** An object's content, `undefined` where there is none. */
  text(bucket: string, key: string): string | undefined {
    const object = this.#bucket(bucket).get(key);
    return object === undefined ? undefined : new TextDecoder().decode(object.body);
  }

  /** Everything in a bucket, to be compared. */
  picture(bucket: string): BucketPicture {
    return Object.fromEntries(
      [...this.#bucket(bucket)].sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, { body, ...rest }]) => [key, { ...rest, size: body.length }]),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #bucket(name: string): Map<string, StoredObject> {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw new Fault(404, "NoSuchBucket");
    return bucket;
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    this.requests.push(`${request.method} ${url.pathname}${url.search}`);
    if (this.delayMs > 0) await new Promise((done) => setTimeout(done, this.delayMs));
    const [bucket = "", ...rest] = url.pathname.slice(1).split("/").map(decodeURIComponent);
    const key = rest.join("/");
    try {
      const answer = key === ""
        ? await this.#bucketRequest(request, bucket, url.searchParams)
        : await this.#objectRequest(request, bucket, key, url.searchParams);
      // The body of a request that was not looked at must be taken all the same.
      await request.body?.cancel().catch(() => {});
      return answer;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const text = `<Error><Code>${error.code}</Code><Message>${error.code}</Message></Error>`;
      return xml(text, error.status, request.method === "HEAD");
    }
  }

  async #bucketRequest(
    request: Request,
    name: string,
    query: URLSearchParams,
  ): Promise<Response> {
    if (request.method === "PUT") {
      if (!this.#buckets.has(name)) this.#buckets.set(name, new Map());
      return new Response(null);
    }
    const bucket = this.#bucket(name);
    if (request.method === "HEAD") return new Response(null);
    if (request.method === "POST" && query.has("delete")) {
      const keys = [...(await request.text()).matchAll(/<Key>([^]*?)<\/Key>/g)]
        .map(([, key]) => unescapeXml(key ?? ""));
      for (const key of keys) bucket.delete(key);
      const deleted = keys.map((key) => `<Deleted><Key>${escapeXml(key)}</Key></Deleted>`);
      return xml(`<DeleteResult>${deleted.join("")}</DeleteResult>`);
    }
    if (request.method !== "GET") throw new Fault(405, "MethodNotAllowed");
    if (query.has("location")) return xml("<LocationConstraint></LocationConstraint>");
    if (query.has("uploads")) return xml("<ListMultipartUploadsResult/>");
    return list(name, bucket, query);
  }

  async #objectRequest(
    request: Request,
    name: string,
    key: string,
    query: URLSearchParams,
  ): Promise<Response> {
    const bucket = this.#bucket(name);
    const found = bucket.get(key);
    if (query.has("tagging")) return await this.#tagging(request, bucket, key);
    if (query.has("uploads") || query.has("uploadId")) {
      return await this.#multipart(request, name, bucket, key, query);
    }
    switch (request.method) {
      case "GET":
      case "HEAD":
        if (found === undefined) throw new Fault(404, "NoSuchKey");
        return read(request, found);
      case "PUT": {
        precondition(request, found);
        const source = this.#source(request);
        const object = source === undefined
          ? stored(await bodyOf(request), headersOf(request), tagsOf(request))
          : copied(source, request);
        bucket.set(key, object);
        return source === undefined
          ? new Response(null, { headers: { etag: object.etag } })
          : xml(copyResult("CopyObjectResult", object));
      }
      case "DELETE":
        bucket.delete(key);
        return new Response(null, { status: 204 });
      default:
        throw new Fault(405, "MethodNotAllowed");
    }
  }

  #source(request: Request): StoredObject | undefined {
    const text = request.headers.get("x-amz-copy-source");
    if (text === null) return undefined;
    const [bucket = "", ...key] = decodeURIComponent(text).replace(/^\//, "").split("/");
    const source = this.#bucket(bucket).get(key.join("/").replace(/\?versionId=.*$/, ""));
    if (source === undefined) throw new Fault(404, "NoSuchKey");
    return source;
  }

  async #tagging(
    request: Request,
    bucket: Map<string, StoredObject>,
    key: string,
  ): Promise<Response> {
    const found = bucket.get(key);
    if (found === undefined) throw new Fault(404, "NoSuchKey");
    if (request.method === "GET") {
      const tags = Object.entries(found.tags).map(([name, value]) =>
        `<Tag><Key>${escapeXml(name)}</Key><Value>${escapeXml(value)}</Value></Tag>`
      );
      return xml(`<Tagging><TagSet>${tags.join("")}</TagSet></Tagging>`);
    }
    const pairs = request.method === "DELETE"
      ? []
      : (await request.text()).matchAll(/<Key>([^]*?)<\/Key>\s*<Value>([^]*?)<\/Value>/g);
    const tags = Object.fromEntries(
      [...pairs].map(([, name, value]) => [unescapeXml(name ?? ""), unescapeXml(value ?? "")]),
    );
    bucket.set(key, { ...found, tags });
    return new Response(null, { status: request.method === "DELETE" ? 204 : 200 });
  }

  async #multipart(
    request: Request,
    name: string,
    bucket: Map<string, StoredObject>,
    key: string,
    query: URLSearchParams,
  ): Promise<Response> {
    if (query.has("uploads")) {
      const id = crypto.randomUUID();
      const upload = { key, headers: headersOf(request), tags: tagsOf(request), parts: new Map() };
      this.#uploads.set(id, upload);
      return xml(
        `<InitiateMultipartUploadResult><Bucket>${name}</Bucket><Key>${escapeXml(key)}</Key>` +
          `<UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    const id = query.get("uploadId") ?? "";
    const upload = this.#uploads.get(id);
    if (upload === undefined || upload.key !== key) throw new Fault(404, "NoSuchUpload");
    if (request.method === "PUT") {
      const source = this.#source(request);
      const part = source === undefined ? await bodyOf(request) : ranged(source.body, request);
      const etag = etagOf(part);
      upload.parts.set(Number(query.get("partNumber")), { body: part, etag });
      return source === undefined
        ? new Response(null, { headers: { etag } })
        : xml(copyResult("CopyPartResult", { etag, modified: Date.now() }));
    }
    if (request.method === "DELETE") {
      this.#uploads.delete(id);
      return new Response(null, { status: 204 });
    }
    if (request.method === "GET") {
      const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([number, { body, etag }]) =>
        `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(etag)}</ETag>` +
        `<Size>${body.length}</Size></Part>`
      );
      return xml(`<ListPartsResult>${parts.join("")}</ListPartsResult>`);
    }
    precondition(request, bucket.get(key));
    const numbers = [...(await request.text()).matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)]
      .map(([, number]) => Number(number));
    const parts = numbers.map((number) => upload.parts.get(number));
    if (parts.length === 0 || parts.includes(undefined)) throw new Fault(400, "InvalidPart");
    const bodies = parts.map((part) => part?.body ?? new Uint8Array());
    const digests = bodies.map((body) => createHash("md5").update(body).digest());
    const hash = createHash("md5");
    for (const digest of digests) hash.update(digest);
    const etag = `"${hash.digest("hex")}-${parts.length}"`;
    bucket.set(key, { ...stored(concat(bodies), upload.headers, upload.tags), etag });
    this.#uploads.delete(id);
    return xml(
      `<CompleteMultipartUploadResult><Bucket>${name}</Bucket><Key>${escapeXml(key)}</Key>` +
        `<ETag>${escapeXml(etag)}</ETag></CompleteMultipartUploadResult>`,
    );
  }
}

class Fault extends Error {
  constructor(readonly status: number, readonly code: string) {
    super(code);
  }
}

function stored(
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>>,
  modified: number = Date.now(),
): StoredObject {
  return { body, etag: etagOf(body), modified, headers, tags };
}

function copied(source: StoredObject, { headers }: Request): StoredObject {
  const replaced = (name: string): boolean => headers.get(name)?.toUpperCase() === "REPLACE";
  return {
    ...source,
    modified: Date.now(),
    headers: replaced("x-amz-metadata-directive") ? headersOf({ headers }) : source.headers,
    tags: replaced("x-amz-tagging-directive") ? tagsOf({ headers }) : source.tags,
  };
}

function etagOf(body: Uint8Array): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}

function headersOf({ headers }: Pick<Request, "headers">): Record<string, string> {
  return Object.fromEntries(
    [...headers].filter(([name]) => name.startsWith("x-amz-meta-") || KEPT.includes(name))
      .map(([name, value]): [string, string] => [name, value.replace(/aws-chunked,?\s*/, "")])
      .filter(([, value]) => value !== ""),
  );
}

function tagsOf({ headers }: Pick<Request, "headers">): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(headers.get("x-amz-tagging") ?? ""));
}

/** The body; a signed stream has a line with size and signature before every piece. */
async function bodyOf(request: Request): Promise<Uint8Array> {
  const body = new Uint8Array(await request.arrayBuffer());
  const signed = request.headers.get("x-amz-content-sha256")?.startsWith("STREAMING-") ||
    request.headers.get("content-encoding")?.includes("aws-chunked");
  if (!signed) return body;
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < body.length;) {
    const end = body.indexOf(0x0a, at);
    const size = parseInt(new TextDecoder().decode(body.subarray(at, end)), 16);
    if (!(size > 0)) break;
    pieces.push(body.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 2;
  }
  return concat(pieces);
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function list(
  name: string,
  bucket: ReadonlyMap<string, StoredObject>,
  query: URLSearchParams,
): Response {
  const second = query.get("list-type") === "2";
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const most = Math.min(Number(query.get("max-keys") ?? 1000), 1000);
  const after = (second ? query.get("continuation-token") ?? query.get("start-after") : null) ??
    query.get("marker") ?? "";
  const encode = query.get("encoding-type") === "url" ? encodeURIComponent : escapeXml;
  const entries: string[] = [];
  const seen = new Set<string>();
  let last = "";
  let more = false;
  for (const key of [...bucket.keys()].sort()) {
    if (!key.startsWith(prefix)) continue;
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const folder = cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
    if ((folder ?? key) <= after || (folder !== undefined && seen.has(folder))) continue;
    if (entries.length >= most) {
      more = true;
      break;
    }
    last = folder ?? key;
    if (folder !== undefined) {
      seen.add(folder);
      entries.push(`<CommonPrefixes><Prefix>${encode(folder)}</Prefix></CommonPrefixes>`);
      continue;
    }
    const object = bucket.get(key);
    if (object === undefined) continue;
    entries.push(
      `<Contents><Key>${encode(key)}</Key><LastModified>${isoOf(object)}</LastModified>` +
        `<ETag>${escapeXml(object.etag)}</ETag><Size>${object.body.length}</Size>` +
        "<StorageClass>STANDARD</StorageClass></Contents>",
    );
  }
  const next = !more
    ? ""
    : second
    ? `<NextContinuationToken>${escapeXml(last)}</NextContinuationToken>`
    : `<NextMarker>${encode(last)}</NextMarker>`;
  return xml(
    `<ListBucketResult><Name>${name}</Name><Prefix>${encode(prefix)}</Prefix>` +
      `<KeyCount>${entries.length}</KeyCount><MaxKeys>${most}</MaxKeys>` +
      `<IsTruncated>${more}</IsTruncated>${next}${entries.join("")}</ListBucketResult>`,
  );
}

function read(request: Request, object: StoredObject): Response {
  const headers = new Headers({
    ...object.headers,
    "etag": object.etag,
    "last-modified": new Date(object.modified).toUTCString(),
    "accept-ranges": "bytes",
  });
  const condition = unmet(request, object);
  if (condition !== undefined) return new Response(null, { status: condition, headers });
  const asked = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "");
  const size = object.body.length;
  let [from, to] = [0, size];
  if (asked !== null) {
    const [, first = "", end = ""] = asked;
    from = first === "" ? Math.max(0, size - Number(end)) : Number(first);
    to = first === "" || end === "" ? size : Math.min(size, Number(end) + 1);
    if (from >= size) throw new Fault(416, "InvalidRange");
    headers.set("content-range", `bytes ${from}-${to - 1}/${size}`);
  }
  headers.set("content-length", String(to - from));
  const body = request.method === "HEAD" ? null : new Uint8Array(object.body.subarray(from, to));
  return new Response(body, { status: asked === null ? 200 : 206, headers });
}

/** The status of a read whose condition does not hold. */
function unmet({ headers }: Request, object: StoredObject): 304 | 412 | undefined {
  const time = (name: string): number => Date.parse(headers.get(name) ?? "");
  const seconds = Math.floor(object.modified / 1000) * 1000;
  const match = headers.get("if-match");
  const none = headers.get("if-none-match");
  if (match !== null && !names(match, object.etag)) return 412;
  if (match === null && time("if-unmodified-since") < seconds) return 412;
  if (none !== null) return names(none, object.etag) ? 304 : undefined;
  return time("if-modified-since") >= seconds ? 304 : undefined;
}

/** @throws {Fault} where a write's condition does not hold */
function precondition({ headers }: Request, found: StoredObject | undefined): void {
  const match = headers.get("if-match");
  const none = headers.get("if-none-match");
  if (match !== null && (found === undefined || !names(match, found.etag))) {
    throw new Fault(found === undefined ? 404 : 412, "PreconditionFailed");
  }
  if (none !== null && found !== undefined && names(none, found.etag)) {
    throw new Fault(412, "PreconditionFailed");
  }
}

function names(header: string, etag: string): boolean {
  return header.split(",").some((one) => ["*", etag, etag.slice(1, -1)].includes(one.trim()));
}

function ranged(body: Uint8Array, request: Request): Uint8Array {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("x-amz-copy-source-range") ?? "");
  return range === null ? body : body.slice(Number(range[1]), Number(range[2]) + 1);
}

function copyResult(name: string, object: Pick<StoredObject, "etag" | "modified">): string {
  return `<${name}><ETag>${escapeXml(object.etag)}</ETag>` +
    `<LastModified>${isoOf(object)}</LastModified></${name}>`;
}

function isoOf({ modified }: Pick<StoredObject, "modified">): string {
  return new Date(modified).toISOString();
}

function xml(body: string, status = 200, head = false): Response {
  return new Response(head ? null : `<?xml version="1.0" encoding="UTF-8"?>\n${body}`, {
    status,
    headers: { "content-type": "application/xml" },
  });
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}

function unescapeXml(text: string): string {
  const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (_, hex, decimal, name) =>
      hex !== undefined
        ? String.fromCodePoint(parseInt(hex, 16))
        : decimal !== undefined
        ? String.fromCodePoint(Number(decimal))
        : named[name] ?? "",
  );
}
