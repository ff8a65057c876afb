import { CURVINE_KEYS } from "./key_table.ts";
import { isTomlTable } from "./toml_value.ts";

/** Where a master's web server is unless somebody says otherwise. */
export const CURVINE_WEB_PORT: number = CURVINE_KEYS.master.web_port[1];

/** The port of a master's web server, by its parsed configuration file. */
export function masterWebPort(toml: unknown): number {
  const master = isTomlTable(toml) ? toml["master"] : undefined;
  const port = isTomlTable(master) ? master["web_port"] : undefined;
  return Number(port ?? CURVINE_WEB_PORT) || CURVINE_WEB_PORT;
}
