import type { Invocation } from "../cli/command.ts";
import { usageError } from "../cli/parse_arguments.ts";
import { VERSION } from "../cli/version.ts";
import type { Host } from "../ports/host.ts";
import { makeSimulationFolder, realFolder, removeSimulationFolder } from "../system/simulation.ts";
import { parseDuration } from "../text/duration.ts";
import { simulate } from "../tools/simulate/simulate.ts";
import { generateFor } from "./generate_for.ts";
import { inputsOf } from "./inputs_of.ts";
import { prepare, writeConfig } from "./prepare.ts";

/** A socket's path has to be shorter than 108 bytes. */
const MOST_ROOT_BYTES = 80;

/** Shows a whole run on this machine. */
export async function command({ operands, flags }: Invocation, host: Host): Promise<number> {
  const files = flags.get("env-file") ?? [];
  if (files.length === 0) {
    throw usageError("simulate", ["an --env-file is wanted, such as manifests/local/thin.env"]);
  }
  const limit = durationOf(flags.get("for")?.[0]);
  const given = flags.get("root")?.[0];
  const root = given === undefined ? makeSimulationFolder() : realFolder(given);
  if (new TextEncoder().encode(root).length > MOST_ROOT_BYTES) {
    throw usageError("simulate", [
      `--root is "${root}"; a shorter path is wanted, for sockets take at most 107 bytes`,
    ]);
  }
  try {
    return await simulate(
      { files, operands, root, limit, chaos: flags.has("chaos"), json: flags.has("json") },
      {
        version: VERSION,
        inputsOf,
        generate: (words, container, settings) =>
          generateFor("simulate", words, container, { settings }),
        prepare,
        writeConfig,
      },
      host,
    );
  } finally {
    if (given === undefined && !removeSimulationFolder(root)) {
      host.stderr(`curvine-fluid: ${root} is left: something is mounted below it\n`);
    }
  }
}

function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const duration = parseDuration(text);
  if (duration !== undefined && duration > 0) return duration;
  throw usageError("simulate", [`"--for" is "${text}"; a time such as 10s is wanted`]);
}
