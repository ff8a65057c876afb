/** Our version; the compile step puts deno.json's in this place. */
export const VERSION = "0.0.0-source";
