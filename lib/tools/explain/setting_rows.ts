import { settingSpecs } from "../../plan/settings.ts";

/** One setting of our own. */
export interface SettingRow {
  readonly variable: string;
  /** The flag of `run` of the same name, without dashes. */
  readonly flag: string;
  /** What stands for the flag's value in the help. */
  readonly value: string;
  /** As one would write it; empty for "off". */
  readonly default: string;
  readonly summary: string;
}

/** Every `CURVINE_FLUID_*` variable. */
export function settingRows(): SettingRow[] {
  return Object.values(settingSpecs()).map(({ variable, flag, value, preset, summary }) => ({
    variable,
    flag,
    value,
    default: preset,
    summary,
  }));
}
