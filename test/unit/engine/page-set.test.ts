import fc from "fast-check";
import { expect, it } from "vitest";
import { PageSet } from "../../../src/engine/page-set.ts";

it("a set of pages holds what a set of numbers holds, in ascending order", () => {
  const step = fc.record({ page: fc.integer({ min: 1, max: 5000 }), adds: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), fc.array(fc.integer({ min: 1, max: 6000 })), (steps, others) => {
      const pages = new PageSet();
      const numbers = new Set<number>();
      for (const { page, adds } of steps) {
        if (adds) {
          pages.add(page);
          numbers.add(page);
        } else {
          pages.delete(page);
          numbers.delete(page);
        }
      }
      expect([...pages]).toEqual([...numbers].sort((a, b) => a - b));
      expect(pages.size).toBe(numbers.size);
      expect(pages.hasAnyOf(others)).toBe(others.some((page) => numbers.has(page)));
    }),
  );
});
