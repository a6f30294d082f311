/** What the benchmark uses of Node 24's SQLite; the installed types are those of Node 20. */
declare module "node:sqlite" {
  export type SQLOutputValue = string | number | bigint | Uint8Array | null;

  export class DatabaseSync {
    constructor(path: string, options?: { readOnly?: boolean; enableForeignKeyConstraints?: boolean });
    exec(sql: string): void;
    prepare(sql: string): StatementSync;
    close(): void;
  }

  export class StatementSync {
    run(...params: SQLOutputValue[]): unknown;
    get(...params: SQLOutputValue[]): Record<string, SQLOutputValue> | undefined;
    all(...params: SQLOutputValue[]): Record<string, SQLOutputValue>[];
    iterate(...params: SQLOutputValue[]): Iterable<unknown>;
    setReturnArrays(enabled: boolean): void;
  }
}
