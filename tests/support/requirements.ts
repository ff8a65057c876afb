import { exists } from "./exists.ts";

/** What a test may need beyond Deno itself. */
export type Requirement = "root" | "fuse" | "executable" | `tool:${string}`;

const said = new Set<string>();

/**
 * For `Deno.test({ ignore: missing("root", "tool:bindfs") })`: whether something is missing.
 * It says so on stderr, once for each thing. In CI nothing may be missing: there it throws.
 */
export function missing(...needs: Requirement[]): boolean {
  const lacking = needs.filter((need) => !isThere(need));
  if (lacking.length === 0) return false;
  const list = lacking.join(", ");
  if (Deno.env.get("CI") === "true") {
    throw new Error(`Cannot run all tests: ${list} missing, and in CI no test may be skipped`);
  }
  if (!said.has(list)) {
    said.add(list);
    Deno.stderr.writeSync(
      new TextEncoder().encode(
        `SKIPPING tests: ${list} missing (apt-get install, or run as root)\n`,
      ),
    );
  }
  return true;
}

function isThere(need: Requirement): boolean {
  switch (need) {
    case "root":
      return Deno.uid() === 0;
    case "fuse":
      return exists("/dev/fuse");
    case "executable":
      return exists(executable);
    default:
      return (Deno.env.get("PATH") ?? "").split(":").some((folder) =>
        exists(`${folder}/${need.slice("tool:".length)}`)
      );
  }
}

/** The compiled executable under test. */
export const executable: string = new URL("../../dist/curvine-fluid", import.meta.url).pathname;
