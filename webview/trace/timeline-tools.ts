import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { PageElement } from "../element.ts";
import { iconButton } from "../parts/actions.ts";
import type { Kept } from "../state.ts";
import { strings } from "../strings.ts";

/** How the timeline shows a run. */
export type Look = Kept["look"];

export const plainLook: Look = { flame: false, critical: false, grouped: false };

export interface TimelineActions {
  readonly look: (change: Partial<Look>) => void;
  readonly zoom: (direction: 1 | -1) => void;
  readonly fitRun: () => void;
  readonly fitSpan: () => void;
  readonly goToSlow: (direction: 1 | -1) => void;
  readonly goToMatch: (direction: 1 | -1) => void;
  readonly help: () => void;
}

/** What the timeline can do, beside its minimap. */
@customElement("lens-timeline-tools")
export class TimelineTools extends PageElement {
  @property({ attribute: false }) look: Look = plainLook;
  @property({ attribute: false }) hasMatches = false;
  @property({ attribute: false }) actions!: TimelineActions;

  protected override render(): TemplateResult {
    const { look, actions } = this;
    return html`<div class="timeline-tools" role="toolbar" aria-label=${strings.timeline}>
      ${iconButton("flame", look.flame ? strings.showWaterfall : strings.showFlame, () => actions.look({ flame: !look.flame }), { pressed: look.flame })}
      ${iconButton("git-commit", strings.criticalPath, () => actions.look({ critical: !look.critical }), { pressed: look.critical })}
      ${iconButton("layers", strings.groupNamesakes, () => actions.look({ grouped: !look.grouped }), { pressed: look.grouped })}
      <span class="tools-gap"></span>
      ${iconButton("zoom-out", strings.zoomOut, () => actions.zoom(-1))}
      ${iconButton("zoom-in", strings.zoomIn, () => actions.zoom(1))}
      ${iconButton("screen-full", strings.fitRun, actions.fitRun)}
      ${iconButton("symbol-ruler", strings.fitSpan, actions.fitSpan)}
      <span class="tools-gap"></span>
      ${iconButton("watch", strings.nextSlow, () => actions.goToSlow(1))}
      ${
        this.hasMatches
          ? html`${iconButton("chevron-up", strings.previousMatch, () => actions.goToMatch(-1))}
              ${iconButton("chevron-down", strings.nextMatch, () => actions.goToMatch(1))}`
          : nothing
      }
      ${iconButton("question", strings.cheatSheet, actions.help)}
    </div>`;
  }
}
