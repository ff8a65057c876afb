import type { Flag } from "./command.ts";

/** The flags of `health`: apart from the table, which takes longer to load than `health` runs. */
export const HEALTH_FLAGS: readonly Flag[] = [
  { name: "ready", summary: "The mount is up and answers, the server listens (the default)" },
  { name: "live", summary: "The supervisor lives" },
];
