import { lookUpKey } from "../../plan/curvine/key_table.ts";
import { parseKeyValue } from "../../plan/curvine/key_value.ts";
import { mountOption, mountOptionValue } from "../../plan/curvine/mount_option.ts";
import { isSecretName } from "../../plan/secret_names.ts";
import { optionTarget } from "../../plan/generate/option_target.ts";

/** Whose options they are; `mount`: a Dataset's, `all`: those of every component. */
export type OptionsOf = "master" | "worker" | "client" | "thin" | "mount" | "all";

/**
 * What to write in the place of an option's value that is no text to kubectl. Where the option's
 * type is known, only what its type takes is proposed: `"0o22"` for `umask: 0o22` (which kubectl
 * reads as 18), `"1000"` for `rpc_port: 1_000`, `"true"` for `short_circuit: yes`.
 *
 * @param plain the value as it was written
 * @returns `undefined` where nothing that the value may mean would be taken
 */
export function optionTextHint(
  options: OptionsOf,
  name: string,
  value: unknown,
  plain: string | undefined,
): string | undefined {
  if (typeof value === "object" && value !== null) return undefined;
  if (isSecretName(name)) return "put it in quotes";
  const asValue = value === null ? "" : String(value);
  const candidates = [plain ?? asValue, asValue];
  const found = candidates.find((text) => isTaken(options, name, text));
  return found === undefined ? undefined : `put it in quotes: "${found}"`;
}

function isTaken(options: OptionsOf, name: string, text: string): boolean {
  if (options === "mount") {
    // The mount's scheme is not at hand; only S3 has short names of its own.
    const option = mountOption(name, "s3");
    if (option !== undefined) return mountOptionValue(option, text).ok;
  }
  const scopes = options === "all"
    ? ["master", "worker", "client"] as const
    : [options === "mount" ? "thin" : options];
  return scopes.every((scope) => {
    const target = optionTarget(scope, name);
    const key = target === undefined ? undefined : lookUpKey(target.section, target.path);
    return typeof key !== "object" || parseKeyValue(key[0], text).ok;
  });
}
