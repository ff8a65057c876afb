import { kernel } from "./kernel_calls.ts";

const F_SETFD = 2;
const FD_CLOEXEC = 1;

/**
 * Keeps our children from inheriting the descriptors through which the runtime reads our own
 * executable: the base runtime opens them without close-on-exec.
 */
export function keepExecutable(): void {
  const executable = Deno.execPath();
  try {
    for (const { name } of Deno.readDirSync("/proc/self/fd")) {
      if (linkOf(`/proc/self/fd/${name}`) === executable) {
        kernel("fcntl", Number(name), F_SETFD, FD_CLOEXEC);
      }
    }
  } catch {
    // Without /proc they are passed on, which costs nobody more than a number.
  }
}

function linkOf(path: string): string | undefined {
  try {
    return Deno.readLinkSync(path);
  } catch {
    // The folder's own descriptor has gone.
    return undefined;
  }
}
