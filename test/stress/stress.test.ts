import { describe, expect, it } from "vitest";
import { freshFolder } from "../unit/support/fixtures.ts";
import { complaints } from "./outcome-table.ts";
import { stress } from "./stress.ts";
import { behaviours, python } from "./writers.ts";

if (python === undefined) console.warn("Stress is skipped: there is no python3 with sqlite3 to write with.");

/** The short form of `npm run stress`. */
describe.skipIf(python === undefined)("beside a real writer", () => {
  it.each(behaviours)(
    "that behaves as %s no answer is torn or silently old, answers come and advance, and no file changes",
    async (behaviour) => {
      const outcome = await stress(freshFolder(), behaviour, 2, { advances: 2, seconds: 60 });
      expect(complaints(outcome)).toEqual([]);
      expect(outcome.advanced).toBeGreaterThanOrEqual(2);
      if (behaviour !== "autocheckpoint")
        expect(outcome.accepted / outcome.calls).toBeGreaterThanOrEqual(0.2);
    },
    120_000,
  );

  it("that keeps checkpointing a file too large to be copied in one go, long questions are answered, and not torn", async () => {
    const outcome = await stress(freshFolder(), "large", 2, { advances: 1, seconds: 90 });
    expect(complaints(outcome)).toEqual([]);
    expect(outcome.advanced).toBeGreaterThanOrEqual(1);
  }, 180_000);
});
