import { SECRETS_FOLDER } from "../../plan/secrets.ts";
import type { Host } from "../../ports/host.ts";
import { isWithin, tidyPath } from "../../mount/mount_path.ts";
import { below } from "./relocate.ts";

/** What a container's host name is where nobody says. */
const HOSTNAME = "localhost";

/** What stands in a secret's place: a simulation reaches nothing that asks for one. */
const SECRET = "simulated";

/** What a simulated container consists of. */
export interface Container {
  /** Its file system: a path of the container lies below this folder. */
  readonly root: string;
  /** A real `CURVINE_HOME`, read where it lies; `undefined` where there is none. */
  readonly home: string | undefined;
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The host as a simulated start sees it: a container whose file system is one folder. Of the
 * machine it has nothing but what is named here, the real Curvine's files and our own output; a
 * secret that is not in the folder has a value that says so.
 */
export function containerHost(host: Host, { root, home, env }: Container): Host {
  const inside = (path: string): string => {
    const tidy = tidyPath(path);
    return home !== undefined && isWithin(tidy, tidyPath(home)) ? tidy : below(root, tidy);
  };
  const isSecret = (path: string): boolean =>
    isWithin(tidyPath(path), tidyPath(SECRETS_FOLDER)) && host.kindOf(inside(path)) === "absent";
  return {
    calledAs: host.calledAs,
    args: host.args,
    env,
    signals: host.signals,
    pid: host.pid,
    hostname: () => env["HOSTNAME"] || HOSTNAME,
    stdout: host.stdout,
    stderr: host.stderr,
    readFile: (path) =>
      isSecret(path) ? new TextEncoder().encode(SECRET) : host.readFile(inside(path)),
    readText: (path) => isSecret(path) ? SECRET : host.readText(inside(path)),
    isLink: (path) => !isSecret(path) && host.isLink(inside(path)),
    kindOf: (path) => isSecret(path) ? "file" : host.kindOf(inside(path)),
    writeFile: (path, text, mode) => host.writeFile(below(root, path), text, mode),
    overwrite: (path, text) => host.overwrite(below(root, path), text),
    createFile: (path, text) => host.createFile(below(root, path), text),
    makeFolder: (path) => host.makeFolder(below(root, path)),
    mayWrite: (folder) => host.mayWrite(below(root, folder)),
    // Fluid's FUSE containers are privileged.
    pipesHold: () => true,
    exec: () => Promise.reject(new Error("a simulation becomes no other program")),
    exit: host.exit,
  };
}
