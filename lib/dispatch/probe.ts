/** The whole program once more: the build makes one file of it, with no other command than a probe's. */
export { start } from "./start.ts";
