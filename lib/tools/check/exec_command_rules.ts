import { wrong } from "./container_rules.ts";
import type { ShapeFinding } from "./shape.ts";
import type { Place } from "./yaml_documents.ts";

const INSTEAD = "name an executable and its words: no shell is needed";
const FIRST = /^(?:ls|df|mount|alluxio|ddc-helm)/;
const LATER = /^(?:grep|wc -l$)/;

/**
 * What Fluid refuses to run in a pod. Of a command's arguments (not of its first word) no character
 * may be one that a shell would take; `bash` and `sh` need exactly `-c` and a script, which may
 * pipe a few commands into `grep` and `wc -l`.
 *
 * Source: Fluid, executionEntries.
 */
export function commandRules(words: readonly unknown[], place: Place): ShapeFinding[] {
  const [command, ...args] = words.map(String);
  if (command === undefined) return [wrong(place, "has no words; an executable is wanted")];
  if (/^(?:\/(?:usr\/)?bin\/)?(?:ba)?sh$/.test(command)) {
    return shellRules([command, ...args], place);
  }
  return args.flatMap((word, index) =>
    /[&|;$'`()>]/.test(word)
      ? [wrong(
        [...place, index + 1],
        `is ${JSON.stringify(word)}; none of & | ; $ ' \` ( ) > is allowed`,
        INSTEAD,
      )]
      : []
  );
}

function shellRules(words: readonly string[], place: Place): ShapeFinding[] {
  const [command, flag, script = ""] = words;
  if (words.length !== 3 || flag?.trim() !== "-c") {
    const message =
      `has ${words.length} words; Fluid takes exactly "${command}", "-c" and a script`;
    return [wrong(place, message, INSTEAD)];
  }
  const at = [...place, 2];
  const parts = script.split("|").map((part) => part.trim().replaceAll(/\s+/g, " "));
  const illegal = /[&;$'`()]|>>/.exec(script.replaceAll("${METAURL}", ""))?.[0];
  if (illegal !== undefined) {
    return [wrong(at, `is ${JSON.stringify(script)}; Fluid refuses ${illegal} in it`, INSTEAD)];
  }
  if (parts.length === 1) return [];
  const bad = parts.find((part, index) => !(index === 0 ? FIRST : LATER).test(part));
  return bad === undefined
    ? []
    : [wrong(at, `pipes ${JSON.stringify(bad)}, which Fluid refuses in a pipe`, INSTEAD)];
}
