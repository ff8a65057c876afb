import * as askMount from "../commands/ask_mount.ts";
import { startAlone } from "./start_alone.ts";

/**
 * A question to a mount and nothing else, for a plain command line (`plainCommand`): one file of the
 * build. In a takeover callers wait for whoever asks.
 */
export const start = startAlone("ask-mount", askMount);
