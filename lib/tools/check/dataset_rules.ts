import { named, wrong } from "./container_rules.ts";
import { DNS_1123_SUBDOMAIN } from "./kubernetes_names.ts";
import { listAt, type Manifest, textAt } from "./manifest.ts";
import type { ShapeFinding } from "./shape.ts";
import type { Place } from "./yaml_documents.ts";

/** Fluid's CRD wants so many characters of a mount point. */
const SHORTEST_MOUNT_POINT = 5;
/** Kubernetes' rule for keys of secrets. */
const SECRET_KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** What the CRD and Kubernetes refuse of a Dataset; its mounts among each other are the runtime's. */
export function datasetRules({ document: { value } }: Manifest): ShapeFinding[] {
  return [
    ...secretRules(value, ["spec", "sharedEncryptOptions"]),
    ...listAt(value, ["spec", "mounts"]).flatMap((mount, index): ShapeFinding[] => {
      const place = ["spec", "mounts", index];
      const mountPoint = textAt(mount, ["mountPoint"]);
      const tooShort = mountPoint !== undefined && [...mountPoint].length < SHORTEST_MOUNT_POINT;
      return [
        ...(tooShort
          ? [wrong(
            [...place, "mountPoint"],
            `is ${JSON.stringify(mountPoint)}; at least ${SHORTEST_MOUNT_POINT} characters are ` +
              "wanted",
          )]
          : []),
        ...secretRules(value, [...place, "encryptOptions"]),
      ];
    }),
  ];
}

function secretRules(value: unknown, place: Place): ShapeFinding[] {
  return listAt(value, place).flatMap((entry, index): ShapeFinding[] => {
    const reference = ["valueFrom", "secretKeyRef"];
    const at = [...place, index, ...reference];
    const secret = textAt(entry, [...reference, "name"]);
    const key = textAt(entry, [...reference, "key"]);
    return [
      ...(secret ? named(secret, DNS_1123_SUBDOMAIN, [...at, "name"]) : []),
      ...(key && !SECRET_KEY.test(key)
        ? [wrong(
          [...at, "key"],
          `is ${JSON.stringify(key)}; letters, digits, -, _ and dots are wanted`,
        )]
        : []),
    ];
  });
}
