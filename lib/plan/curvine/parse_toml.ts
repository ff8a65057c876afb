/**
 * Reads TOML as plain values. A module of its own, for whoever imports the package dynamically gets
 * all of it: its writer, too, which nobody here needs.
 */
export { parse as parseToml } from "smol-toml";
