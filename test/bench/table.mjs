// Figures as aligned text.

/**
 * Rows under headings, the first columns aligned left, the others right.
 *
 * @param {readonly string[]} headings
 * @param {readonly (readonly string[])[]} rows
 * @param {number} textColumns how many columns are aligned left.
 */
export function table(headings, rows, textColumns) {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (/** @type {readonly string[]} */ cells) =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? "";
        return column < textColumns ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd();
  return [line(headings), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/**
 * A median with the least and the most, in one unit.
 *
 * @param {import("./measure.mjs").Spread} spread of milliseconds.
 */
export function timeSpread({ median, least, most }) {
  const [divisor, unit] = median >= 1000 ? [1000, "s"] : [1, "ms"];
  const digits = median >= 1000 || median < 10 ? 2 : 0;
  const [middle, from, to] = [median, least, most].map((value) => (value / divisor).toFixed(digits));
  return `${middle} ${unit} (${from}-${to})`;
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** @param {number} factor */
export function times(factor) {
  return `${factor.toFixed(factor < 10 ? 2 : 0)}x`;
}
