/** Whether a person looks at our standard output. */
export function stdoutIsTerminal(): boolean {
  return Deno.stdout.isTerminal();
}
