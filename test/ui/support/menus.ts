import type { Locator, Page } from "playwright-core";

/**
 * Opens a menu and lays the mouse on one of its items. VS Code closes a menu when what it stands over is drawn anew, and
 * learns some things a moment late, so a user opens it once more.
 */
export async function openMenu(page: Page, open: () => Promise<void>, item: Locator): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await open();
    try {
      await item.hover({ timeout: 4_000 });
      return;
    } catch (error) {
      if (attempt === 5) throw error;
      await page.keyboard.press("Escape");
    }
  }
}

/** As {@link openMenu}, and takes the item: a menu that has just opened ignores clicks for a moment, but not keys. */
export async function takeFromMenu(page: Page, open: () => Promise<void>, item: Locator): Promise<void> {
  await openMenu(page, open, item);
  await page.keyboard.press("Enter");
}
