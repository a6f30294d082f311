/** Matches what steers a terminal or reorders text: control characters but for tab and line feed, and bidirectional controls. */
export const steering = /(?![\t\n])[\p{Cc}\u202A-\u202E\u2066-\u2069]/u;
