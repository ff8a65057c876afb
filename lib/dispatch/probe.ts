/** The whole program once more: the build makes one file of it, with a probe's command only. */
export { start } from "./start.ts";
