import { raiseOpenFiles } from "./raise_open_files.ts";
import { SpawnError, type SpawnRequest } from "../ports/world.ts";
import { reasonOf } from "../text/describe_error.ts";

/** What a shell exits with when a command is missing, or is there but cannot be executed. */
const NOT_FOUND = 127;
const CANNOT_EXECUTE = 126;

/** Starts a daemon: as {@link startChild}, with all the files that it may open. */
export function startDaemon(request: SpawnRequest): Deno.ChildProcess {
  const child = startChild(request);
  raiseOpenFiles(child.pid);
  return child;
}

/** Starts a child with its output in pipes. @throws {SpawnError} */
export function startChild({ argv, env, cwd }: SpawnRequest): Deno.ChildProcess {
  const [program = "", ...args] = argv;
  try {
    return new Deno.Command(program, {
      args,
      env: { ...env },
      clearEnv: true,
      cwd,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    const reason = reasonOf(error);
    const message = `Cannot start ${JSON.stringify(program)}: ${reason}`;
    if (error instanceof Deno.errors.NotFound) throw new SpawnError(message, NOT_FOUND);
    if (
      error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable ||
      /exec format|os error 8\)/i.test(reason)
    ) {
      throw new SpawnError(message, CANNOT_EXECUTE);
    }
    throw new SpawnError(message);
  }
}
