/** Folder of the worker bundle and the WASM file. Set by the build: beside the bundle, or `dist` in unit tests. */
declare const __ENGINE_DIR__: string;
/** The package's version. */
declare const __VERSION__: string;
