import * as run from "../commands/run.ts";
import { startAlone } from "./start_alone.ts";

/**
 * A container's start and nothing else, for a plain command line (`plainCommand`). The build makes
 * one script of it, with V8's code beside it.
 */
export const start = startAlone("run", run);
