/**
 * Stands in the recorder, an executable that is only built to find out what V8 makes of the packs:
 * when it first starts a process, or else when it ends, it writes the code of every pack that it
 * has opened, with all functions that were needed until then. What comes later is not in a hurry,
 * and code that is not needed would have to be read all the same.
 */
import type { Script } from "node:vm";

/** The folder that the code is read from, and written to. */
export const CODE_FOLDER = Deno.env.get("RECORDER_FOLDER") ?? "";

/** How long this base runtime takes to load node:vm; what it has in its snapshot is there at once. */
let vmMs = Infinity;
const begun = performance.now();
import("node:vm").then(() => vmMs = performance.now() - begun);

const scripts = new Map<string, Script>();

/** See `packLoader`. */
export function opened(file: string, script: Script): void {
  if (script.cachedDataRejected === true) {
    throw new Error(`V8 refuses the code that it made of the pack "${file}"`);
  }
  const [name = "", kind] = file.split(".");
  if (kind === "pack") scripts.set(name, script);
}

let written = false;

function write(): void {
  if (written) return;
  written = true;
  for (const [name, script] of scripts) {
    Deno.writeFileSync(`${CODE_FOLDER}/${name}.code`, script.createCachedData());
  }
  Deno.writeTextFileSync(`${CODE_FOLDER}/vm-ms`, String(vmMs));
}

const { spawn } = Deno.Command.prototype;
Deno.Command.prototype.spawn = function (this: Deno.Command): Deno.ChildProcess {
  const child = spawn.call(this);
  write();
  return child;
};

const { exit } = Deno;
Deno.exit = (code): never => {
  write();
  return exit(code);
};
