import type { S3Server } from "../support/s3_server.ts";

/** `s3://lake/raw` of a server at `/raw`, as a Dataset's mount. @param more replaces what it has */
export function mountOf(s3: S3Server, more: Readonly<Record<string, unknown>> = {}): object {
  return {
    mountPoint: "s3://lake/raw",
    name: "raw",
    path: "/raw",
    ...more,
    options: {
      endpoint_url: s3.url,
      region_name: "us-east-1",
      path_style: "true",
      access: "ak",
      secret: "sk",
      ...more["options"] as object,
    },
  };
}
