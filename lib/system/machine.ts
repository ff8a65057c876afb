/** The machine's architecture as the kernel names it: `x86_64` or `aarch64`. */
export const machine: string = Deno.build.arch;
