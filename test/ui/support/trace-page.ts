import type { Locator } from "playwright-core";
import type { Workbench } from "./workbench.ts";

export interface SpanRow {
  /** 1 for the roots. */
  level: number;
  name: string;
  duration: string;
  selected: boolean;
  dim: boolean;
}

/** The page of the panel that is in front, as a person finds their way in it. */
export class TracePage {
  constructor(private readonly code: Workbench) {}

  get header(): Locator {
    return this.code.panel().locator(".run-header");
  }

  get details(): Locator {
    return this.code.panel().getByRole("region", { name: "Details" });
  }

  get waterfall(): Locator {
    return this.code.panel().getByRole("treegrid", { name: "Spans of the run" });
  }

  get matchCount(): Locator {
    return this.code.panel().locator(".match-count");
  }

  get filterBox(): Locator {
    return this.code.panel().getByRole("combobox", { name: "Filter spans" });
  }

  /** Writes a filter and presses Enter. */
  async filter(text: string): Promise<void> {
    await this.filterBox.fill(text);
    await this.filterBox.press("Enter");
  }

  async clearFilter(): Promise<void> {
    await this.code.panel().getByRole("button", { name: "Reset filters" }).click();
    await this.matchCount.and(this.code.panel().locator(":empty")).waitFor({ state: "attached" });
  }

  /** What the filter box offers. */
  offers(text: RegExp): Locator {
    return this.code.panel().locator(".filter-option-label").filter({ hasText: text });
  }

  /** A button that filters by a status. */
  chip(name: RegExp): Locator {
    return this.code.panel().getByRole("group", { name: "Status" }).getByRole("button", { name });
  }

  row(name: string | RegExp): Locator {
    return this.waterfall.locator(".span-row").filter({ hasText: name }).first();
  }

  /** Waits for the waterfall and resolves to its rows. */
  async rows(): Promise<SpanRow[]> {
    const rows = this.waterfall.locator(".span-row");
    await rows.first().waitFor();
    return rows.evaluateAll((elements) =>
      elements.map((row) => ({
        level: Number(row.getAttribute("aria-level")),
        name: row.querySelector(".label")?.textContent?.trim() ?? "",
        duration: row.querySelectorAll("[role=gridcell]")[2]?.textContent?.trim() ?? "",
        selected: row.getAttribute("aria-selected") === "true",
        dim: row.classList.contains("dim"),
      })),
    );
  }

  async openTab(name: "Trace" | "Statistics"): Promise<void> {
    const tab = this.code.panel().getByRole("tab", { name });
    await tab.click();
    await tab.and(this.code.panel().locator("[aria-selected=true]")).waitFor();
  }

  /** Chooses from a dropdown by its label. */
  async select(label: string, option: string | RegExp): Promise<void> {
    const dropdown = this.code.panel().getByRole("combobox", { name: label, exact: true });
    await dropdown.click();
    await dropdown.getByRole("option", { name: option }).first().click();
  }
}
