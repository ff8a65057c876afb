import { nearestName } from "../../text/nearest_name.ts";
import { type KeyValue, parseKeyValue } from "./key_value.ts";

/** What a property's text has to be; of `text` Curvine takes any. */
type PropertyType = "text" | "url" | "boolean" | "count" | "duration" | "list version";

/**
 * The properties that Curvine reads of a mount (`cv mount -c name=value`), by what their names begin
 * with. It passes on every other, too, and nobody looks at it.
 *
 * Source: Curvine, Properties of a mount.
 */
const PROPERTIES: Readonly<Record<string, PropertyType>> = {
  "s3.endpoint_url": "url",
  "s3.region_name": "text",
  "s3.region": "text",
  "s3.force.path.style": "boolean",
  "s3.credentials.access": "text",
  "s3.credentials.secret": "text",
  "s3.access_key": "text",
  "s3.secret_key": "text",
  "s3.list_objects_version": "list version",
  "s3.retry_times": "count",
  "s3.connect_timeout": "duration",
  "s3.read_timeout": "duration",
  "oss.endpoint": "text",
  "oss.accessKeyId": "text",
  "oss.accessKeySecret": "text",
  "oss.region": "text",
  "oss.data.endpoint": "text",
  "oss.data.lake.storage.enable": "text",
  "oss.second.level.domain.enable": "text",
  "cos.endpoint_url": "text",
  "cos.credentials.access": "text",
  "cos.credentials.secret": "text",
  "gcs.endpoint_url": "text",
  "gcs.service_account": "text",
  "azure.endpoint_url": "text",
  "azure.account_name": "text",
  "azure.account_key": "text",
  "hdfs.namenode": "text",
  "hdfs.user": "text",
  "hdfs.root": "text",
  "hdfs.atomic_write_dir": "text",
  "hdfs.kerberos.ccache": "text",
  "hdfs.kerberos.keytab": "text",
  "hdfs.kerberos.krb5_conf": "text",
  "webhdfs.endpoint": "text",
  "webhdfs.root": "text",
  "file.chunk_size": "text",
  "opendal.connect_timeout": "duration",
  "opendal.read_timeout": "duration",
  "opendal.retry_times": "count",
  "opendal.retry_interval_ms": "count",
  "opendal.retry_max_delay_ms": "count",
};

/** What the properties of a scheme's mounts begin with, beside `opendal.`. */
const FAMILIES: Readonly<Record<string, string>> = {
  s3: "s3.",
  s3a: "s3.",
  oss: "oss.",
  cos: "cos.",
  gcs: "gcs.",
  gs: "gcs.",
  azblob: "azure.",
  hdfs: "hdfs.",
  webhdfs: "webhdfs.",
  file: "file.",
};

/**
 * The text of a property as Curvine takes it, or what it wants: cv and the master refuse the whole
 * mount for one that is wrong.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(propertyValue("s3.endpoint_url", "http://m:9000"), {
 *   ok: true,
 *   value: "http://m:9000",
 * });
 * const fault = propertyValue("s3.endpoint_url", "m:9000");
 * assert.equal(fault.ok ? "" : fault.hint, 'write "http://m:9000"');
 * ```
 */
export function propertyValue(name: string, text: string): KeyValue {
  const type = Object.hasOwn(PROPERTIES, name) ? PROPERTIES[name] : undefined;
  switch (type) {
    case "url":
      return address(text);
    case "boolean":
      return asText(parseKeyValue("boolean", text), text);
    case "count":
      return asText(parseKeyValue("integer", text), text);
    case "duration":
      return asText(parseKeyValue("duration", text), text);
    case "list version":
      return listVersion(text);
    default:
      return { ok: true, value: text };
  }
}

function asText(parsed: KeyValue, text: string): KeyValue {
  return parsed.ok ? { ok: true, value: text.trim() } : parsed;
}

function address(text: string): KeyValue {
  const trimmed = text.trim();
  if (isHttp(trimmed)) return { ok: true, value: trimmed };
  const bare = trimmed.replace(/^\/+/, "");
  return {
    ok: false,
    wanted: "an address that begins with http:// or https://",
    ...(!bare.includes("://") && isHttp(`http://${bare}`)
      ? { hint: `write "http://${bare}"` }
      : {}),
  };
}

function isHttp(text: string): boolean {
  return /^https?:\/\/[^/]/i.test(text) && URL.canParse(text);
}

function listVersion(text: string): KeyValue {
  const value = text.trim().toLowerCase();
  if (/^(?:v[12])?$/.test(value)) return { ok: true, value };
  const number = /^[12]$/.test(value) ? { hint: `write "v${value}"` } : {};
  return { ok: false, wanted: "v1 or v2", ...number };
}

/**
 * What a name that Curvine does not read most likely means, for a mount of this scheme.
 *
 * @returns `undefined` for a name that it reads, and where nothing is near
 */
export function nearestProperty(name: string, scheme: string): string | undefined {
  const known = propertiesOf(scheme);
  if (Object.hasOwn(PROPERTIES, name)) return undefined;
  // As Hadoop's file systems have it.
  const plain = name.replace(/^fs\./, "").replace(/^s3[an]\./, "s3.");
  return known.includes(plain) ? plain : nearestName(plain, known) ?? meant(plain, scheme);
}

/** Whether a name is another kind of storage's: `oss.endpoint` for an S3 mount. */
export function isOfOtherStorage(name: string, scheme: string): boolean {
  if (!Object.hasOwn(FAMILIES, scheme)) return false;
  return Object.hasOwn(PROPERTIES, name) && !propertiesOf(scheme).includes(name);
}

/** All that Curvine reads of a mount of this scheme. */
export function propertiesOf(scheme: string): string[] {
  const family = Object.hasOwn(FAMILIES, scheme) ? FAMILIES[scheme] : undefined;
  const names = Object.keys(PROPERTIES);
  if (family === undefined) return names;
  return names.filter((name) => name.startsWith(family) || name.startsWith("opendal."));
}

/** What a mount cannot do without, and the words that people have for it. */
const MEANINGS: readonly {
  readonly words: RegExp;
  readonly names: Readonly<Record<string, string>>;
}[] = [
  {
    words: /^(?:endpoint|host)(?:_?(?:url|override))?$/,
    names: {
      s3: "s3.endpoint_url",
      oss: "oss.endpoint",
      cos: "cos.endpoint_url",
      gcs: "gcs.endpoint_url",
      azblob: "azure.endpoint_url",
      webhdfs: "webhdfs.endpoint",
    },
  },
  {
    words: /^(?:aws_?)?(?:access(?:_?key)?(?:_?id)?|ak|secret_?id|account_?name)$/,
    names: {
      s3: "s3.credentials.access",
      oss: "oss.accessKeyId",
      cos: "cos.credentials.access",
      azblob: "azure.account_name",
    },
  },
  {
    words: /^(?:aws_?)?(?:secret(?:_?access)?(?:_?key)?|access_?key_?secret|sk|account_?key)$/,
    names: {
      s3: "s3.credentials.secret",
      oss: "oss.accessKeySecret",
      cos: "cos.credentials.secret",
      azblob: "azure.account_key",
    },
  },
  {
    words: /^(?:aws_?)?(?:default_?)?region(?:_?name)?$/,
    names: { s3: "s3.region_name", oss: "oss.region" },
  },
  {
    words: /^(?:use_?|force_?)?path_?style(?:_?access)?$/,
    names: { s3: "s3.force.path.style" },
  },
  { words: /^(?:name_?node|fs_?default_?fs)$/, names: { hdfs: "hdfs.namenode" } },
  { words: /^(?:user(?:_?name)?|hadoop_?user_?name)$/, names: { hdfs: "hdfs.user" } },
  { words: /^(?:service_?account|credentials?)$/, names: { gcs: "gcs.service_account" } },
];

/**
 * The property that a word means for a mount of this scheme: `endpoint`, `fs.oss.accessKeyId`,
 * `AWS_REGION`.
 *
 * @example
 * ```ts
 *
 * import assert from "node:assert/strict";
 *
 * assert.equal(meant("endpoint", "oss"), "oss.endpoint");
 * assert.equal(meant("AWS_ACCESS_KEY_ID", "s3"), "s3.credentials.access");
 * assert.equal(meant("key1", "s3"), undefined);
 * ```
 */
export function meant(name: string, scheme: string): string | undefined {
  const plain = name.slice(name.lastIndexOf(".") + 1).toLowerCase().replaceAll("-", "_");
  const key = scheme === "s3a" ? "s3" : scheme === "gs" ? "gcs" : scheme;
  for (const { words, names } of MEANINGS) {
    if (words.test(plain) && Object.hasOwn(names, key)) return names[key];
  }
  return undefined;
}

/** What Curvine refuses a mount without, each with the older name that it also takes. */
const REQUIRED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  s3: [
    ["s3.endpoint_url"],
    ["s3.region_name", "s3.region"],
    ["s3.credentials.access", "s3.access_key"],
    ["s3.credentials.secret", "s3.secret_key"],
  ],
  oss: [["oss.endpoint"], ["oss.accessKeyId"], ["oss.accessKeySecret"]],
};

/** The properties that a mount of this scheme lacks, by their names. */
export function missingProperties(scheme: string, given: ReadonlySet<string>): string[] {
  const required = Object.hasOwn(REQUIRED, scheme) ? REQUIRED[scheme] ?? [] : [];
  return required.filter((names) => !names.some((name) => given.has(name)))
    .map(([name = ""]) => name);
}
