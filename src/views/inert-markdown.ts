import * as vscode from "vscode";
import { visible } from "../format/text.ts";

/**
 * Builds a tooltip in which text is only ever text. Punctuation is written as character references, which Markdown never
 * takes for structure: no link, image, heading, list, HTML or icon comes out of a trace, not even a bare address.
 */
export class InertMarkdown {
  private source = "";

  /** A line of plain parts; `strong` ones are bold. */
  line(...parts: readonly (string | { readonly strong: string })[]): this {
    const written = parts.map((part) => (typeof part === "string" ? inert(part) : bold(part.strong)));
    // Two spaces before the break keep it a break; a blank line would be a paragraph.
    this.source += `${written.join("")}  \n`;
    return this;
  }

  /** Ends a group of lines. */
  gap(): this {
    this.source += "\n\n";
    return this;
  }

  /** Text as it stands, in a fixed-width block. */
  code(text: string, language: "json" | "plaintext"): this {
    const shown = visible(text.replace(/\r\n?/g, "\n"));
    const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
    const fence = "`".repeat(longest + 1);
    this.source += `\n\n${fence}${language}\n${shown}\n${fence}\n\n`;
    return this;
  }

  build(): vscode.MarkdownString {
    const markdown = new vscode.MarkdownString(this.source, false);
    markdown.isTrusted = false;
    markdown.supportHtml = false;
    return markdown;
  }
}

function bold(text: string): string {
  const written = inert(text.trim());
  return written === "" ? "" : `**${written}**`;
}

/** One line with every ASCII punctuation mark as a character reference. */
export function inert(text: string): string {
  return visible(text)
    .replace(/\s+/g, " ")
    .replace(/[!-/:-@[-`{-~]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
