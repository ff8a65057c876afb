import assert from "node:assert/strict";
import { terminationMessage } from "../../../lib/observe/last_words.ts";

const bytes = (text: string): number => new TextEncoder().encode(text).length;
const TITLE = "Last lines of the daemon:\n";

Deno.test("the termination message fills what Kubernetes shows and no more", () => {
  const cause = "The daemon ended";
  const room = 4096 - bytes(`${cause}\n${TITLE}\n`);
  const whole = "x".repeat(room);
  assert.equal(terminationMessage(cause, whole), `${cause}\n${TITLE}${whole}\n`);
  assert.equal(terminationMessage(cause, `a${whole}`), `${cause}\n${TITLE}${whole}\n`);
});

Deno.test("a line that is cut goes whole; a cause that fills all stands alone", () => {
  const tail = `${"o".repeat(4000)}\n${"n".repeat(300)}`;
  assert.equal(terminationMessage("c", tail), `c\n${TITLE}${"n".repeat(300)}\n`);
  assert.equal(bytes(terminationMessage("c".repeat(5000), "tail")), 4096);
  assert.equal(terminationMessage("c"), "c\n");
});
