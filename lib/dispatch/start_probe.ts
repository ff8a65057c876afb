import * as health from "../commands/health.ts";
import { startAlone } from "./start_alone.ts";

/** A probe and nothing else, for a plain command line (`plainCommand`): one file of the build. */
export const start = startAlone("health", health);
