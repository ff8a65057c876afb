import assert from "node:assert/strict";
import { textOf } from "./text_of.ts";

const FOLDER = new URL("../snapshots", import.meta.url).pathname;

/**
 * Compares a text with the one that lies in `tests/snapshots`. `UPDATE_SNAPSHOTS=1 deno task test`
 * writes what is new or has changed; in review the change is read like any other.
 */
export async function assertSnapshot(name: string, text: string): Promise<void> {
  const path = `${FOLDER}/${name}`;
  if (Deno.env.get("UPDATE_SNAPSHOTS") === "1" && Deno.env.get("CI") !== "true") {
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
    return;
  }
  const wanted = textOf(path);
  assert(wanted !== undefined, `${path} does not exist: UPDATE_SNAPSHOTS=1 writes it`);
  assert.equal(text, wanted, `${path} has changed: UPDATE_SNAPSHOTS=1 writes it anew`);
}
