/**
 * Random cases: other ones at each run at a desk, the same ones in CI, where a change must not be
 * held up by a case that it has nothing to do with.
 */
import fc from "fast-check";

if (Deno.env.get("CI") === "true") fc.configureGlobal({ seed: 2_610 });

export default fc;
