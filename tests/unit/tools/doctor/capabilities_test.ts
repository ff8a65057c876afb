import assert from "node:assert/strict";
import { hasCapability } from "../../../../lib/tools/doctor/capabilities.ts";

Deno.test("a capability is one bit of those in effect", () => {
  const bits = { CAP_SYS_PTRACE: 19n, CAP_SYS_ADMIN: 21n, CAP_SYS_RESOURCE: 24n } as const;
  for (const [name, bit] of Object.entries(bits)) {
    const one = name as keyof typeof bits;
    const status = (mask: bigint): string =>
      `Name:\tx\nCapPrm:\tffffffffffffffff\nCapEff:\t${
        mask.toString(16).padStart(16, "0")
      }\nCapBnd:\t0`;
    assert.equal(hasCapability(status(1n << bit), one), true, name);
    assert.equal(hasCapability(status(~(1n << bit) & 0xffff_ffff_ffffn), one), false, name);
    assert.equal(hasCapability("CapPrm:\tffffffffffffffff\n", one), false);
  }
});
