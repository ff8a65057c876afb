/** An error of ours, with where it came from. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

/** What an error says, for the end of a sentence such as `Cannot write "/x": …`. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
