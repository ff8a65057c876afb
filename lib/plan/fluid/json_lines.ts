import { type Node, parseTree } from "jsonc-parser";
import type { Problem } from "../config_error.ts";
import { type Content, strictText } from "../../text/strict_text.ts";

/**
 * Puts the line in front of each problem's place, as `check` has it for YAML. Fluid writes one
 * line, where a line says nothing: then the problems stay as they are.
 *
 * @param content a runtime config's, good or bad
 * @param problems with places such as `mounts[0].options.io-threads`
 */
export function withLines(content: Content, problems: readonly Problem[]): readonly Problem[] {
  const text = textOf(content);
  if (text === undefined || !text.trim().includes("\n")) return problems;
  const root = parseTree(text, [], { disallowComments: true });
  if (root?.type !== "object") return problems;
  const offsets = new Map<string, number>();
  note(root, "", offsets);
  return problems.map((problem) => {
    const offset = nearest(problem.path, offsets);
    if (offset === undefined) return problem;
    return { ...problem, path: `line ${lineOf(text, offset)}: ${problem.path}` };
  });
}

function textOf(content: Content): string | undefined {
  try {
    return strictText(content);
  } catch {
    return undefined;
  }
}

/** Notes where everything inside a value stands: a field at its name, an item at its beginning. */
function note({ type, children = [] }: Node, path: string, offsets: Map<string, number>): void {
  children.forEach((child, index) => {
    const [name, value] = type === "object" ? child.children ?? [] : [undefined, child];
    const step = name === undefined ? `[${index}]` : `${path === "" ? "" : "."}${name.value}`;
    offsets.set(path + step, child.offset);
    if (value !== undefined) note(value, path + step, offsets);
  });
}

/** The offset of a place, or of the nearest part around it: a field that is missing has none. */
function nearest(path: string, offsets: ReadonlyMap<string, number>): number | undefined {
  // What is not of the file: the environment, or a fault that has its line already.
  if (/^(?:\$|line |byte )/.test(path)) return undefined;
  for (let part = path; part !== "";) {
    const offset = offsets.get(part);
    if (offset !== undefined) return offset;
    part = part.slice(0, Math.max(0, part.lastIndexOf("."), part.lastIndexOf("[")));
  }
  return undefined;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
