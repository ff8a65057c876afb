import assert from "node:assert/strict";
import { choiceFault } from "../../../../lib/plan/curvine/key_choices.ts";

const TAKEN: [section: string, path: string, text: string][] = [
  ["client", "storage_type", "MEM"],
  ["client", "ttl_action", "Free"],
  ["master", "worker_policy", "load_based"],
  ["master", "quota_eviction_policy", "LFU"],
  ["fuse", "log.level", "WARN"],
  ["fuse", "log.level", "3"],
  ["worker", "log.time_rotation", ""],
  ["master", "compatibility.mode", "Enforce"],
  ["client", "anything", "else"],
  ["master", "rocksdb.level", "7"],
];
for (const [section, path, text] of TAKEN) {
  Deno.test(`${section}.${path} takes "${text}"`, () => {
    assert.equal(choiceFault(section, path.split("."), text), undefined);
  });
}

const REFUSED: [section: string, path: string, text: string, hint?: string][] = [
  ["client", "storage_type", "SSDD", 'write "ssd"'],
  ["client", "ttl_action", "evict"],
  ["master", "worker_policy", "load-based", 'write "load_based"'],
  ["master", "worker_policy", "Robin", 'write "robin"'],
  ["master", "quota_eviction_mode", "DELETE", 'write "delete"'],
  ["master", "log.level", "WARNING", 'write "warn"'],
  ["master", "audit_log.level", "off"],
  ["log", "level", "information", 'write "info"'],
  ["transfer", "log.time_rotation", "dayly", 'write "daily"'],
  ["worker", "compatibility.mode", "strict"],
];
for (const [section, path, text, hint] of REFUSED) {
  Deno.test(`${section}.${path} does not take "${text}"; the nearest word is named`, () => {
    const fault = choiceFault(section, path.split("."), text);
    assert.match(fault?.wanted ?? "", /^one of \w+, \w+/);
    assert.equal(fault?.hint, hint);
  });
}
