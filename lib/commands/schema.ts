import type { Invocation } from "../cli/command.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { usageError } from "../cli/parse_arguments.ts";
import { runtimeJsonSchema } from "../tools/explain/runtime_json_schema.ts";
import type { Host } from "../ports/host.ts";

/** Prints the JSON Schema of a runtime config, for editors. */
export function command({ operands }: Invocation, host: Host): number {
  const [runtime = "cache", ...more] = operands;
  if (more.length > 0 || (runtime !== "cache" && runtime !== "thin")) {
    throw usageError("schema", [
      `"${operands.join(" ")}" is no runtime; one of cache, thin is wanted`,
    ]);
  }
  host.stdout(`${JSON.stringify(runtimeJsonSchema(runtime), null, 2)}\n`);
  return ExitCode.Done;
}
