import { nearestName } from "../../text/nearest_name.ts";
import { doubtful, wrong } from "./container_rules.ts";
import { textAt } from "./manifest.ts";
import type { ShapeFinding } from "./shape.ts";
import type { Place } from "./yaml_documents.ts";

/** Curvine mounts as `fuse.curvinefs`, and Fluid looks for a part of that. Fluid: ThinRuntime. */
export function profileFileSystemTypeRule(value: unknown, place: Place): ShapeFinding[] {
  const type = textAt(value, place);
  if (type === undefined || isPartOfOurs(type)) return [];
  return [wrong(
    place,
    `is "${type}"; a part of "fuse.curvinefs" is wanted, for so the mount is called`,
    mendOf(type),
  )];
}

/** A class has to have one, and nobody reads it: no code of Fluid's cache engine asks for it. */
export function classFileSystemTypeRule(value: unknown, place: Place): ShapeFinding[] {
  const type = textAt(value, place);
  if (type === undefined || isPartOfOurs(type)) return [];
  return [doubtful(
    "other-file-system-type",
    place,
    `is "${type}", while Curvine mounts as "fuse.curvinefs"; Fluid reads it of a ` +
      "ThinRuntimeProfile alone, so nothing comes of it here",
    mendOf(type),
  )];
}

function isPartOfOurs(type: string): boolean {
  return type !== "" && "fuse.curvinefs".includes(type);
}

function mendOf(type: string): string {
  return `write "${nearestName(type, ["curvinefs", "fuse.curvinefs", "fuse"]) ?? "curvinefs"}"`;
}
