import { fuseOptionFaults } from "../curvine/fuse_option.ts";
import { keyOf } from "../curvine/key_table.ts";
import { isTomlTable, type TomlTable } from "../curvine/toml_value.ts";
import { nearestName } from "../../text/nearest_name.ts";
import { quoteValue } from "../secret_text.ts";
import type { Generation } from "./generation.ts";

/** Most mounts that one daemon is given: beyond it the number is a mistake. */
const MAX_MOUNTS = 256;

/**
 * Reports what Curvine's programs would refuse at every start though each key has its type: keys
 * that do not go together, and words that only the program itself looks at.
 *
 * Source: Curvine, Mount options; Values.
 */
export function checkRefused(generation: Generation): void {
  const { fuse, transfer } = generation.toml;
  const mounts = generation.component === "client" || generation.component === "fuse";
  if (isTomlTable(fuse)) checkFuse(fuse, mounts, generation);
  const url = isTomlTable(transfer) ? transfer["store_url"] : undefined;
  if (typeof url === "string" && url !== "") checkStoreUrl(url, generation);
}

function checkFuse(fuse: TomlTable, mounts: boolean, generation: Generation): void {
  if (fuse["direct_io"] === true && fuse["write_back_cache"] === true) {
    refuse(
      generation,
      "fuse.direct_io",
      "is true together with fuse.write_back_cache; curvine-fuse refuses both at once",
      "set one of them to false",
    );
  }
  if (Number(fuse["mnt_number"] ?? 1) > MAX_MOUNTS) {
    refuse(
      generation,
      "fuse.mnt_number",
      `is ${fuse["mnt_number"]}; at most ${MAX_MOUNTS} is wanted`,
    );
  }
  checkThreshold(fuse, generation);
  // Masters and workers never look at them.
  if (!mounts) return;
  const options = Array.isArray(fuse["fuse_opts"]) ? fuse["fuse_opts"].map(String) : [];
  for (const { message, hint } of fuseOptionFaults(options, fuse["readonly"] === true)) {
    refuse(generation, "fuse.fuse_opts", message, hint);
  }
}

/** Reports what is wrong with a key where its option stands, and names the key if that does not. */
function refuse(generation: Generation, key: string, message: string, hint?: string): void {
  const place = generation.placeOf(key);
  generation.problem(place, place.endsWith(key) ? message : `${key} ${message}`, hint);
}

/** Where the kernel holds back, as a share of what may be open: the kernel's own. */
const THRESHOLD_SHARE = 0.75;

/** A threshold above the most is refused: where only the most was set, it gets one that fits. */
function checkThreshold(fuse: TomlTable, generation: Generation): void {
  const most = Number(fuse["max_background"] ?? keyOf("fuse", "max_background")?.[1]);
  const given = fuse["congestion_threshold"];
  const threshold = Number(given ?? keyOf("fuse", "congestion_threshold")?.[1]);
  if (!(threshold > most)) return;
  if (given === undefined) {
    fuse["congestion_threshold"] = Math.max(1, Math.floor(most * THRESHOLD_SHARE));
    return;
  }
  refuse(
    generation,
    "fuse.congestion_threshold",
    `is ${threshold}, and fuse.max_background is ${most}; at most that is wanted`,
  );
}

/** Curvine: Values. */
const STORES = ["memory", "sqlite", "mysql", "postgres", "postgresql"];

function checkStoreUrl(url: string, generation: Generation): void {
  const [, scheme = "", rest = ""] = /^([^:]*):\/\/(.*)$/s.exec(url) ?? [];
  if (STORES.includes(scheme) && (scheme === "memory") === (rest === "")) return;
  const near = nearestName(scheme, STORES);
  const form = "memory://, sqlite:///path, mysql://…, postgres://… or postgresql://…";
  refuse(
    generation,
    "transfer.store_url",
    // Of an address that is not understood nobody knows where its password stands.
    `is ${scheme === "" ? quoteValue("store_url", url) : `"${scheme}://…"`}; ${form} is wanted`,
    STORES.includes(scheme) || near === undefined ? undefined : `write ${near}://`,
  );
}
