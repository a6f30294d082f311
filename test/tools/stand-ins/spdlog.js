// Takes the place of @vscode/spdlog, a native module: writes the same lines with Node alone.
// Exports are written out one by one, because an ES module sees no others of a CommonJS module.
const fs = require("node:fs");
const path = require("node:path");

const levels = ["trace", "debug", "info", "warning", "error", "critical", "off"];

class Logger {
  level = 2;
  trace = this.writer(0);
  debug = this.writer(1);
  info = this.writer(2);
  warn = this.writer(3);
  error = this.writer(4);
  critical = this.writer(5);

  /**
   * @param {string} _kind
   * @param {string} _name
   * @param {string} file
   */
  constructor(_kind, _name, file) {
    this.file = file;
    fs.mkdirSync(path.dirname(file), { recursive: true });
  }

  /** @param {number} level */
  writer(level) {
    return (/** @type {string} */ message) => {
      if (level < this.level) return;
      fs.appendFileSync(this.file, `${new Date().toISOString()} [${levels[level]}] ${message}\n`);
    };
  }

  getLevel() {
    return this.level;
  }

  /** @param {number} level */
  setLevel(level) {
    this.level = level;
  }

  setPattern() {}
  clearFormatters() {}
  flush() {}
  drop() {}
}

/**
 * @param {string} name
 * @param {string} file
 */
async function createLogger(name, file) {
  return new Logger("", name, file);
}

exports.version = 0;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = createLogger;
exports.createAsyncRotatingLogger = createLogger;
