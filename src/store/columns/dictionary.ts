import { ByteTable } from "./byte-table.ts";

/** Numbers texts as they come, by their UTF-8 bytes, so that each is decoded once. */
export class Dictionary {
  readonly texts: string[] = [];
  private readonly table = new ByteTable();

  /** The number of a text. Throws `UnreadableTable` for bytes that are not UTF-8. */
  idOf(bytes: Buffer, view: DataView, start: number, length: number): number {
    const id = this.table.idOf(bytes, view, start, length);
    if (id === this.texts.length) this.texts.push(this.table.textOf(id));
    return id;
  }

  /** The number of a text that came before, -1 for a new one. */
  find(bytes: Buffer, view: DataView, start: number, length: number): number {
    return this.table.find(bytes, view, start, length);
  }

  /** The number of a text that need not come from a row. */
  idOfText(text: string): number {
    const bytes = Buffer.from(text);
    return this.idOf(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
  }
}
