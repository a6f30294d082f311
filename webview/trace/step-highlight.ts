/** Rows of the step at the cursor of an editor. A rule of its own marks them, so that no row is drawn again. */
const sheet = new CSSStyleSheet();

/** Marks the rows of spans of these names; none when the list is empty. */
export function highlightSpans(names: readonly string[]): void {
  if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);
  sheet.replaceSync(highlightRules(names, CSS.escape));
}

export function highlightRules(names: readonly string[], quoted: (text: string) => string): string {
  if (names.length === 0) return "";
  const rows = names.map((name) => `.span-row[data-name="${quoted(name)}"]`).join(", ");
  return `:is(${rows}) {
    box-shadow: inset 3px 0 var(--vscode-editorBracketMatch-border, var(--vscode-focusBorder));
  }
  :is(${rows}):not(.selected) .label {
    background: var(--vscode-editor-wordHighlightBackground, var(--vscode-editor-selectionHighlightBackground));
    outline: 1px solid var(--vscode-editor-wordHighlightBorder, transparent);
  }`;
}
