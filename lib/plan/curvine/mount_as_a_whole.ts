import type { Problem } from "../config_error.ts";
import type { Warning } from "../plan.ts";
import { refusedWriteCache } from "./mount_flags.ts";
import { FS_MODE_RISK, MOUNT_OPTIONS } from "./mount_option.ts";
import { missingProperties } from "./ufs_properties.ts";
import { schemeFault } from "./ufs_scheme.ts";

/** An option of a mount, as it was written. */
export interface GivenOption {
  readonly name: string;
  /** `undefined` where a secret has it. */
  readonly text: string | undefined;
}

/** What Curvine refuses of a mount, and what it does that nobody expects. */
export interface MountVerdict {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/**
 * Looks at all options of a mount together: what goes only with something else, what is missing,
 * and what the mode does to the UFS.
 *
 * Source: Curvine, What Curvine refuses of a mount; What a mount does to the UFS.
 *
 * @param at the mount's place, such as `mounts[0]`
 * @param given by where `cv mount` gets them: a flag's or a property's name
 * @param access what the Dataset and the mount say
 */
export function mountAsAWhole(
  at: string,
  scheme: string,
  given: ReadonlyMap<string, GivenOption>,
  access: "read_only" | "read_write",
): MountVerdict {
  const problems: Problem[] = [];
  const warnings: Warning[] = [];
  const text = (target: string): string | undefined =>
    given.get(target)?.text?.trim().toLowerCase().replaceAll("-", "_");
  const place = (target: string): string => `${at}.options.${given.get(target)?.name}`;
  const fsMode = text("write-type") === "fs_mode";
  if (fsMode) {
    const message = `${FS_MODE_RISK}; cache_mode does not`;
    warnings.push({ code: "fs-mode", path: place("write-type"), message });
  }
  const refused = refusedWriteCache(
    new Map([
      ["write-cache", text("write-cache") ?? ""],
      ["write-type", text("write-type") ?? ""],
      ["access-mode", text("access-mode") ?? access],
    ]),
  );
  if (refused !== undefined) problems.push({ path: place("write-cache"), ...refused });
  const provider = text("provider") ?? "auto";
  const wrongProvider = provider === "oss_hdfs" && !["oss", "file"].includes(scheme) ||
    provider === "opendal" && ["s3a", "gs"].includes(scheme);
  if (wrongProvider) {
    problems.push({
      path: place("provider"),
      message: `is "${given.get("provider")?.text}", which Curvine refuses for ${scheme}://`,
      hint: "write auto",
    });
  }
  const missing = missingProperties(scheme, new Set(given.keys())).map((name) =>
    MOUNT_OPTIONS.find(({ target }) => target === name)?.name ?? name
  );
  if (missing.length > 0) {
    warnings.push({
      code: "missing-option",
      path: `${at}.options`,
      message: `Curvine refuses a mount of ${scheme}:// without ${missing.join(", ")}`,
    });
  }
  const fault = schemeFault(scheme);
  if (fault?.maybe === true) {
    const hint = fault.hint === undefined ? "" : ` (${fault.hint})`;
    warnings.push({
      code: "unknown-scheme",
      path: `${at}.mountPoint`,
      message: `is of ${scheme}://, which Curvine may refuse; ${fault.wanted} is wanted${hint}`,
    });
  }
  return { problems, warnings };
}

/** Two names of one option, with two values: nobody knows which is meant. */
export function setTwice(
  earlier: GivenOption | undefined,
  option: GivenOption,
  path: string,
): Problem | undefined {
  if (earlier === undefined || earlier.text === option.text) return undefined;
  return { path, message: `says the same as "${earlier.name}", with another value` };
}
