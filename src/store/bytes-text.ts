/** Bytes of a value that are written out where it is only looked at. */
const SHOWN = 32;

/** A value of bytes as SQL writes it, `x'0aff'`; a long one ends in "…" and says its size, unless it is to be `whole`. */
export function bytesText(value: Uint8Array, whole = false): string {
  const isCut = !whole && value.length > SHOWN;
  const shown = isCut ? value.subarray(0, SHOWN) : value;
  const digits = Buffer.from(shown.buffer, shown.byteOffset, shown.length).toString("hex");
  return isCut ? `x'${digits}…' (${value.length.toLocaleString("en")} bytes)` : `x'${digits}'`;
}
