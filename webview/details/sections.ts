/** The parts that the details are made of. */
import { html, nothing, type TemplateResult } from "lit";
import "./text-block.ts";

/** A part with a title that folds it. Whether it is open stays as the user left it, from span to span. */
export function section(title: string, content: TemplateResult, open = true): TemplateResult {
  return html`<details class="section" ?open=${open}>
    <summary>${title}</summary>
    ${content}
  </details>`;
}

/** A text under a title of its own; nothing for an empty one. */
export function namedText(label: string, text: string | null): TemplateResult | typeof nothing {
  if (text === null || text === "") return nothing;
  return html`<div class="named-text">
    <h3>${label}</h3>
    <lens-text .text=${text} .label=${label}></lens-text>
  </div>`;
}
