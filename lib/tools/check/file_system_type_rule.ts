import { nearestName } from "../../text/nearest_name.ts";
import { wrong } from "./container_rules.ts";
import { textAt } from "./manifest.ts";
import type { ShapeFinding } from "./shape.ts";
import type { Place } from "./yaml_documents.ts";

/** Curvine mounts as `fuse.curvinefs`, and Fluid looks for a part of that. Fluid: ThinRuntime. */
export function fileSystemTypeRule(value: unknown, place: Place): ShapeFinding[] {
  const type = textAt(value, place);
  if (type === undefined || type !== "" && "fuse.curvinefs".includes(type)) return [];
  const near = nearestName(type, ["curvinefs", "fuse.curvinefs", "fuse"]);
  return [wrong(
    place,
    `is "${type}"; a part of "fuse.curvinefs" is wanted, for so the mount is called`,
    `write "${near ?? "curvinefs"}"`,
  )];
}
