import { SECRETS_FOLDER } from "../fluid/redact.ts";
import { type Content, strictText } from "../../text/strict_text.ts";
import type { Inputs } from "../inputs.ts";

/** The content of a secret file, or why there is none. */
export type SecretFile =
  | { readonly ok: true; readonly content: string }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** Whether an option's value names a file in which Fluid mounts a secret. */
export function namesSecretFile(value: string): boolean {
  return value.startsWith(SECRETS_FOLDER);
}

/**
 * Reads the secret that a value names. One line end at the end is left out: people make secrets
 * with editors that add one.
 */
export function readSecretFile(path: string, inputs: Pick<Inputs, "readFile">): SecretFile {
  const quoted = JSON.stringify(path);
  if (path.split("/").includes("..")) {
    return { ok: false, message: `names ${quoted}`, hint: `stay inside ${SECRETS_FOLDER}` };
  }
  let found: Content | undefined;
  try {
    found = inputs.readFile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.name : "unreadable";
    return { ok: false, message: `cannot read the secret file ${quoted}: ${reason}`, hint: HINT };
  }
  if (found === undefined) {
    return { ok: false, message: `the secret file ${quoted} does not exist`, hint: HINT };
  }
  try {
    return { ok: true, content: strictText(found).replace(/\r?\n$/, "") };
  } catch {
    return { ok: false, message: `the secret file ${quoted} is not UTF-8 text`, hint: HINT };
  }
}

/** Fluid: Environment, volumes, names. */
const HINT = "a client gets secrets only with dependencies.secretMount.enabled: true, " +
  "and a secret newly named in a Dataset reaches only pods that start afterwards";
