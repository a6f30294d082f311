import { LitElement } from "lit";

/** Base of the page's elements. They render into the page itself, so that one style sheet and one set of ids serve all. */
export abstract class PageElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
