import { describe, expect, it } from "vitest";
import { csv, tsv } from "../../../src/format/csv.ts";

describe("csv", () => {
  it.each(["=1+2", "+1", "-1", "@x", "\tx", "\rx"])("defuses the formula %j", (text) => {
    expect(csv(["a"], [[text]])).toContain(`'${text}`);
    expect(tsv([[text]]).startsWith("'")).toBe(true);
  });

  it("leaves numbers numbers and missing values empty", () => {
    expect(csv(["a", "b", "c"], [[-1.5, null, "x"]])).toBe("a,b,c\r\n-1.5,,x\r\n");
    expect(tsv([[-1.5, null]])).toBe("-1.5\t");
  });

  it("quotes what would end a cell", () => {
    expect(csv(['a"b'], [["x,y"], ["x\ny"]])).toBe('"a""b"\r\n"x,y"\r\n"x\ny"\r\n');
    expect(tsv([["x\ty\r\nz"]])).toBe("x y z");
  });
});
