import { oneLine } from "../format/text.ts";

/** Text for places where VS Code turns `$(name)` into an icon: one line, and never an icon. */
export function plainLabel(text: string, max = 200): string {
  return oneLine(text, max).replaceAll("$(", "\\$(");
}
