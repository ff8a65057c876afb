import type { Invocation } from "../cli/command.ts";
import { CommandError } from "../ports/command_error.ts";
import { ExitCode } from "../ports/exit_code.ts";
import { optionDocument, optionMarkdown, optionText } from "../tools/explain/option_document.ts";
import { settingRows } from "../tools/explain/setting_rows.ts";
import type { Host } from "../ports/host.ts";

/** Lists every option, or those that have all of the words in their name or meaning. */
export function command({ operands, flags }: Invocation, host: Host): number {
  const document = optionDocument(settingRows(), operands);
  if (Object.values(document).every((rows) => rows.length === 0)) {
    throw new CommandError(
      `Cannot show options with ${operands.map((word) => JSON.stringify(word)).join(" and ")}: ` +
        "there are none\nSee: curvine-fluid options",
      ExitCode.No,
    );
  }
  switch (flags.get("format")?.[0]) {
    case "json":
      host.stdout(`${JSON.stringify(document, null, 2)}\n`);
      break;
    case "markdown":
      host.stdout(optionMarkdown(document));
      break;
    default:
      host.stdout(optionText(document));
  }
  return ExitCode.Done;
}
