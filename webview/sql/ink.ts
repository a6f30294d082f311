/** The statement once more, in colours and with the mistake marked, to lie under the letters of the editor. */
import { html, type TemplateResult } from "lit";
import { endOf, type Place, tokensOf } from "../../src/sql/tokens.ts";
import { isKeyword } from "../../src/sql/words.ts";

/** A stretch of one look. */
export interface Stretch {
  readonly text: string;
  readonly look: "plain" | "keyword" | "text" | "number" | "comment";
  readonly wrong: boolean;
  /** Where it begins, in UTF-16 units. */
  readonly from: number;
}

/** Colouring longer statements would slow down every key. */
const MOST_COLOURED = 20_000;

/** The text in stretches, cut at the mistake and at `caret` too. */
export function stretches(sql: string, mistake: Place | undefined, caret: number | undefined): Stretch[] {
  const pieces =
    sql.length > MOST_COLOURED
      ? [{ from: 0, to: sql.length, look: "plain" as const }]
      : Array.from(tokensOf(sql), (token) => ({ from: token.from, to: endOf(token), look: lookOf(token) }));
  const cuts = [mistake?.from, mistake?.to, caret].filter((cut) => cut !== undefined).sort((a, b) => a - b);
  return pieces.flatMap(({ from, to, look }) => {
    const ends = [...cuts.filter((cut) => from < cut && cut < to), to];
    return ends.map((end, at): Stretch => {
      const start = at === 0 ? from : ends[at - 1]!;
      const wrong = mistake !== undefined && mistake.from <= start && end <= mistake.to;
      return { text: sql.slice(start, end), look, wrong, from: start };
    });
  });
}

function lookOf({ kind, text }: { kind: string; text: string }): Stretch["look"] {
  if (kind === "word") return isKeyword(text) ? "keyword" : "plain";
  return kind === "text" || kind === "number" || kind === "comment" ? kind : "plain";
}

/** The stretches, with a mark where the caret is. A mistake behind the end is a blank. */
export function ink(sql: string, mistake: Place | undefined, caret: number | undefined): TemplateResult {
  const mark = html`<span class="sql-caret"></span>`;
  const drawn = stretches(sql, mistake, caret);
  const behind = mistake !== undefined && mistake.from >= sql.length;
  return html`${drawn.map(
    ({ text, look, wrong, from }) =>
      html`${from === caret ? mark : ""}<span class="ink-${look} ${wrong ? "sql-wrong" : ""}">${text}</span>`,
  )}${caret !== undefined && caret >= sql.length ? mark : ""}${behind ? html`<span class="sql-wrong">${"\u00A0\u00A0"}</span>` : ""}`;
}
