/** By which path we were called. Deno hides `argv[0]` and resolves links; the kernel does not. */
export function calledAs(): string {
  try {
    const line = Deno.readTextFileSync("/proc/self/cmdline");
    return line.slice(0, line.indexOf("\0"));
  } catch {
    return "curvine-fluid";
  }
}
