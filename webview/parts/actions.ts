import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../icons.ts";

interface ActionOptions {
  disabled?: boolean;
  /** Makes the button a toggle. */
  pressed?: boolean;
}

/** A button that is only an icon. `label` is its name and its tooltip. */
export function iconButton(
  name: string,
  label: string,
  onClick: (event: Event) => void,
  { disabled = false, pressed }: ActionOptions = {},
): TemplateResult {
  return html`<vscode-button
    appearance="icon"
    aria-label=${label}
    title=${label}
    aria-pressed=${pressed === undefined ? nothing : String(pressed)}
    ?disabled=${disabled}
    @click=${onClick}
    >${icon(name)}</vscode-button
  >`;
}

/** A button that reads as a link. */
export function linkButton(label: string | TemplateResult, onClick: (event: Event) => void): TemplateResult {
  return html`<button type="button" class="link" @click=${onClick}>${label}</button>`;
}
