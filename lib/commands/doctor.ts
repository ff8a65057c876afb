import type { Invocation } from "../cli/command.ts";
import { usageError } from "../cli/parse_arguments.ts";
import { RUN_WORDS } from "../cli/words.ts";
import { styleFor } from "../observe/style.ts";
import { ExitCode } from "../ports/exit_code.ts";
import type { Host } from "../ports/host.ts";
import { stdoutIsTerminal } from "../system/terminal.ts";
import { examine } from "../tools/doctor/examine.ts";
import { isSick, reportJson, reportText } from "../tools/doctor/report.ts";
import { patientOf } from "./doctor_patient.ts";

/**
 * Looks at all that can be wrong here, changes nothing, and says what mends it. Exit codes: 0 where
 * nothing fails, 1 where something does.
 */
export async function command({ operands, flags }: Invocation, host: Host): Promise<number> {
  const [word, ...more] = operands;
  if (more.length > 0 || (word !== undefined && !RUN_WORDS.includes(word))) {
    throw usageError("doctor", [`"${operands.join(" ")}" is none of ${RUN_WORDS.join(", ")}`]);
  }
  const findings = await examine(patientOf(operands, host));
  host.stdout(
    flags.has("json")
      ? reportJson(findings)
      : reportText(findings, styleFor(stdoutIsTerminal(), host.env)),
  );
  // Whatever is stuck in a name service or a mount must not keep us.
  return host.exit(isSick(findings) ? ExitCode.No : ExitCode.Done);
}
