import { expect, test } from "vitest";
import { openDatabase } from "../../../src/engine/database.ts";
import { ATTRIBUTE_NUMBERS_SQL, attributeNumbers } from "../../../src/store/attribute-numbers.ts";
import { AttributeScan } from "../../../src/store/columns/attribute-scan.ts";
import { fixture } from "../support/fixtures.ts";

const cost = "flujo.budget.actual_cost_usd";
const tokens = "flujo.budget.actual_tokens";

const texts = [
  `{"cost_usd": 1, "cost_usd": 2}`,
  `{"${cost}": 1, "${cost}": null}`,
  `{"${cost}": null, "${cost}": 4, "cost_usd": 3}`,
  `{"${tokens}": [1], "token_counts": 5, "${cost}": 0.1}`,
  `{"a": [1, {"cost_usd": 2}, "x"], "cost_usd": 3}`,
  `{"cost_usd":-0.5e-3,"token_counts":12}`,
  `{"a":{},"b":[],"cost_usd":7}`,
  `{"x":"a quote \\" and a slash \\\\","cost_usd":7}`,
  `{"x":"\u00e9\u{1f600}","cost_usd":7}`,
  `  {  "cost_usd"  :  7  }  `,
  `{"cost_usd":7}}`,
  `{"cost_usd":7,}`,
  `{"cost_usd" 7}`,
  `{7:7}`,
  `[{"cost_usd":7}]`,
  `{"cost_usd":7`,
  `{"cost_usd":"`,
  `{"cost_usd":tru}`,
  `{"cost_usd":true,"token_counts":false}`,
  `{"cost_usd":1.}`,
  `{"cost_usd":.5}`,
  `{"cost_usd":-}`,
  `{"cost_usd":1e}`,
  `"cost_usd"`,
  `3`,
  ``,
];

test("the numbers in the bytes of attributes are those that SQLite extracts", async () => {
  const database = await openDatabase(fixture("v0.6.11"));
  const scan = new AttributeScan();
  let told = 0;
  database.read((reader) => {
    for (const text of texts)
      for (const shift of [0, 1, 2, 3]) {
        const bytes = Buffer.from(`${"#".repeat(shift)}${text}"}]}1234567`);
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        const end = shift + Buffer.byteLength(text);
        if (!scan.read(bytes, view, shift, end)) continue;
        told += 1;
        const sql = `SELECT ${ATTRIBUTE_NUMBERS_SQL} AS numbers FROM (SELECT ? AS attributes)`;
        const found = attributeNumbers(reader.get<{ numbers: string | null }>(sql, [text])?.numbers);
        expect([text, scan.cost, scan.tokens]).toEqual([text, found.cost, found.tokens]);
      }
  });
  expect(told).toBeGreaterThan(80);
  database.close();
});
