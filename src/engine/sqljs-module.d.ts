/** The part of sql.js 1.16.0 that the engine uses. */
declare module "sql.js/dist/sql-wasm.js" {
  type SqlValue = string | number | Uint8Array | null;

  /** What sql.js asks of the bytes behind a database: this much of a Uint8Array, and no more. */
  export interface FileContents {
    readonly length: number;
    readonly buffer: ArrayBufferLike | undefined;
    subarray(start: number, end: number): Uint8Array;
    slice(start?: number, end?: number): FileContents;
    set(bytes: Uint8Array, position: number): void;
  }

  export interface Statement {
    /** Resets the statement, then binds. */
    bind(params: readonly SqlValue[] | Readonly<Record<string, SqlValue>>): boolean;
    /** True when there is a row. */
    step(): boolean;
    get(): SqlValue[];
    getColumnNames(): string[];
    reset(): boolean;
    free(): boolean;
  }

  export interface Database {
    prepare(sql: string): Statement;
    /** Runs all statements of the text. */
    run(sql: string): Database;
    exec(sql: string): { columns: string[]; values: SqlValue[][] }[];
    /** Registers the function for as many arguments as its `length` says; -1 means any number. */
    create_function(name: string, implementation: (...args: SqlValue[]) => SqlValue): Database;
    /** Closes and reopens the database. Copies it whole, so it is for small ones in memory. */
    export(): Uint8Array;
    close(): void;
  }

  export interface SqlJs {
    Database: new (contents?: FileContents) => Database;
  }

  function initSqlJs(options: { wasmBinary: Uint8Array }): Promise<SqlJs>;

  // biome-ignore lint/style/noDefaultExport: that is how sql.js exports it.
  export { initSqlJs as default };
}
