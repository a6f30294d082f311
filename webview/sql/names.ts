/** The tables and views that a statement can ask, to read before the first one is written. */
import { html, type TemplateResult } from "lit";
import { oneLine } from "../../src/format/text.ts";
import type { SqlVocabulary } from "../../src/protocol/messages.ts";
import { strings } from "../strings.ts";

export function namesView({ tables }: SqlVocabulary): TemplateResult {
  return html`<div class="sql-names" tabindex="0" role="region" aria-label=${strings.sqlNames}>
    <p class="quiet">${strings.sqlNotRun}</p>
    <dl>
      ${tables.map(
        ({
          name,
          kind,
          columns,
        }) => html`<dt><span class="mono">${oneLine(name, 80)}</span> <span class="quiet">${strings.sqlKinds[kind]}</span></dt>
          <dd class="mono">${columns.map((column) => oneLine(column, 80)).join(", ")}</dd>`,
      )}
    </dl>
  </div>`;
}
