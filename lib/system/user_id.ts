/** The numeric id of the user that we run as. */
export function userId(): number {
  return Deno.uid() ?? 0;
}
