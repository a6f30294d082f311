import { html, nothing, type TemplateResult } from "lit";
import { strings } from "../strings.ts";
import { resolveRange } from "./time-range.ts";

/** The ends of a time range of one's own, as date fields hold them; "" leaves an end open. */
export interface Dates {
  readonly from: string;
  readonly to: string;
}

/** Two fields for a time range, with a word where they make none. */
export function dateFields(dates: Dates, change: (dates: Dates) => void): TemplateResult {
  const invalid = resolveRange("custom", dates.from, dates.to, 0).kind === "invalid";
  const field = (label: string, end: keyof Dates) =>
    html`<label class="date-field"
      >${label}
      <input
        class="input"
        type="datetime-local"
        aria-invalid=${String(invalid)}
        .value=${dates[end]}
        @change=${(event: Event) => change({ ...dates, [end]: (event.target as HTMLInputElement).value })}
    /></label>`;
  return html`<span class="date-fields">${field(strings.from, "from")} ${field(strings.to, "to")}</span>
  ${invalid ? html`<span class="field-error-inline" role="alert">${strings.rangeInvalid}</span>` : nothing}`;
}
