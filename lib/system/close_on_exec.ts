import { kernel } from "./kernel_calls.ts";

const FIRST_OWN_DESCRIPTOR = 3;
const LAST_DESCRIPTOR = 0xffff_ffff;
const CLOSE_RANGE_CLOEXEC = 4;
const F_SETFD = 2;
const FD_CLOEXEC = 1;

/**
 * Has all our descriptors but the standard ones closed in whatever is executed: in what we become,
 * and in our children, where the runtime forgets those through which it reads our own executable.
 * They stay open here.
 */
export function closeOnExec(): void {
  const marked = kernel("close_range", FIRST_OWN_DESCRIPTOR, LAST_DESCRIPTOR, CLOSE_RANGE_CLOEXEC);
  if (marked === 0) return;
  // Before Linux 5.11.
  try {
    for (const { name } of Deno.readDirSync("/proc/self/fd")) {
      const descriptor = Number(name);
      if (descriptor >= FIRST_OWN_DESCRIPTOR) kernel("fcntl", descriptor, F_SETFD, FD_CLOEXEC);
    }
  } catch {
    // Without /proc they are passed on, which costs nobody more than a number.
  }
}
