import type { Locator, Page } from "playwright-core";
import { takeFromMenu } from "./menus.ts";

export interface TreeRow {
  /** 1 for the roots. */
  level: number;
  /** Undefined for a row that cannot unfold. */
  expanded: boolean | undefined;
  label: string;
  description: string;
  /** The codicon's name, such as "error"; empty without an icon. */
  icon: string;
  /** What a screen reader says. */
  spoken: string;
}

/** A tree view of the side bar. Rows are found among those on the screen: scroll to see others. */
export class TreeView {
  readonly #pane: Locator;

  constructor(
    private readonly page: Page,
    viewName: string,
  ) {
    const header = page.locator(".pane-header", { hasText: viewName });
    this.#pane = page.locator(".part.sidebar .pane", { has: header });
  }

  /** The whole view, its header included. */
  get pane(): Locator {
    return this.#pane;
  }

  /** A row by a part of its label or of the description after it. */
  row(label: string | RegExp): Locator {
    const name = this.page.locator(".monaco-icon-label", { hasText: label });
    return this.#pane.getByRole("treeitem").filter({ has: name }).first();
  }

  /** The line above the rows. */
  get message(): Locator {
    return this.#pane.locator(".tree-explorer-viewlet-tree-view > .message");
  }

  /** Waits until so many rows are roots, those off the screen included. */
  async waitForRoots(count: number): Promise<void> {
    const root = this.page.locator(`[aria-level="1"][aria-setsize="${count}"]`);
    await this.#pane.getByRole("treeitem").and(root).first().waitFor();
  }

  /** The rows on the screen. */
  async rows(): Promise<TreeRow[]> {
    return this.#pane.getByRole("treeitem").evaluateAll((items) =>
      items.map((item) => {
        const text = (selector: string) => item.querySelector(selector)?.textContent?.trim() ?? "";
        const expanded = item.getAttribute("aria-expanded");
        const icon = item.querySelector(".custom-view-tree-node-item-icon");
        return {
          level: Number(item.getAttribute("aria-level")),
          expanded: expanded === null ? undefined : expanded === "true",
          label: text(".label-name"),
          description: text(".label-description"),
          icon: /codicon-([\w-]+)/.exec(icon?.className ?? "")?.[1] ?? "",
          spoken: item.getAttribute("aria-label") ?? "",
        };
      }),
    );
  }

  async select(label: string | RegExp): Promise<void> {
    await this.row(label).locator(".label-name").first().click();
  }

  /** Unfolds a row and waits for the first of its children. */
  async expand(label: string | RegExp): Promise<void> {
    await this.#toggle(label, "true");
    await this.page.waitForFunction(
      (row) => {
        const below = row?.parentElement?.querySelector(
          `[data-index="${Number(row.getAttribute("data-index")) + 1}"]`,
        );
        return Number(below?.getAttribute("aria-level")) > Number(row?.getAttribute("aria-level"));
      },
      await this.row(label).elementHandle(),
    );
  }

  async collapse(label: string | RegExp): Promise<void> {
    await this.#toggle(label, "false");
  }

  /** Lays the mouse on a row; resolves to its tooltip once that contains `expected`. */
  async tooltip(label: string | RegExp, expected: string | RegExp): Promise<Locator> {
    const row = this.row(label);
    await row.waitFor();
    const hover = this.page.locator(".workbench-hover-container .hover-contents");
    const tooltip = hover.filter({ hasText: expected }).first();
    // VS Code forgets a hover when its tree is drawn anew in the same moment, so a user lays the mouse there once more.
    for (let attempt = 1; ; attempt += 1) {
      // A mouse that already rests on the row would show nothing new, and the tooltip before must be gone.
      await this.page.mouse.move(0, 0);
      await hover.first().waitFor({ state: "hidden" });
      await row.locator(".label-name").first().hover();
      try {
        await tooltip.waitFor({ timeout: 6_000 });
        return tooltip;
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  }

  /** Opens a row's context menu and takes the item of that name. */
  async contextMenu(label: string | RegExp, item: string | RegExp): Promise<void> {
    const name = this.row(label).locator(".label-name").first();
    const entry = this.page.locator(".monaco-menu").getByRole("menuitem", { name: item }).first();
    await takeFromMenu(this.page, () => name.click({ button: "right" }), entry);
  }

  /** Presses a button that stands in a row while the mouse is on it. */
  async inlineAction(label: string | RegExp, action: string | RegExp): Promise<void> {
    const row = this.row(label);
    await row.hover();
    await row.getByRole("button", { name: action }).click();
  }

  /** Presses a button of the view's title bar. A container with one view shows it in the side bar's title. */
  async titleAction(action: string | RegExp): Promise<void> {
    const sideBar = this.page.locator(".part.sidebar");
    await sideBar.hover();
    const title = sideBar.locator(".composite.title .title-actions, .pane-header .actions");
    await title.getByRole("button", { name: action }).first().click();
  }

  /** Clicks the last row. While VS Code still puts rows in place, the list may slide away under the mouse: then once more. */
  async clickLast(label: string | RegExp): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await this.scrollTo("bottom");
      try {
        await this.row(label).click({ timeout: 5_000 });
        return;
      } catch (error) {
        if (attempt === 4) throw error;
      }
    }
  }

  /** Shows the first or the last rows. */
  async scrollTo(end: "top" | "bottom"): Promise<void> {
    await this.#pane.locator(".monaco-list").first().focus();
    await this.page.keyboard.press(end === "top" ? "Home" : "End");
  }

  async #toggle(label: string | RegExp, wanted: "true" | "false"): Promise<void> {
    const row = this.row(label);
    await row.waitFor();
    if ((await row.getAttribute("aria-expanded")) !== wanted) await row.locator(".monaco-tl-twistie").click();
    await row.and(this.page.locator(`[aria-expanded="${wanted}"]`)).waitFor();
  }
}
