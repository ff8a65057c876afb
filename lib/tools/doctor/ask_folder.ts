import type { FolderFacts } from "../../system/folder_facts.ts";
import type { DoctorWorld } from "./patient.ts";
import { LIMITS } from "./time_limits.ts";

/** Lets a disposable child look at a folder: it may lie on any file system. */
export async function askFolder(
  path: string,
  { child }: Pick<DoctorWorld, "child">,
): Promise<FolderFacts | "late" | "unknown"> {
  const answer = await child(["ask-mount", "folder", path], LIMITS.child);
  if (answer === "late") return "late";
  if (answer === "not-started" || answer.code !== 0) return "unknown";
  return JSON.parse(answer.stdout) as FolderFacts;
}
