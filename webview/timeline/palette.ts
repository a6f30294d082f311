/** The theme's colours for a canvas. CSS follows the theme by itself; what is painted has to be told. */
export interface Palette {
  readonly background: string;
  readonly foreground: string;
  readonly quiet: string;
  readonly line: string;
  readonly grid: string;
  readonly fine: string;
  readonly fineSoft: string;
  readonly bad: string;
  readonly badSoft: string;
  readonly paused: string;
  readonly other: string;
  readonly critical: string;
  readonly shade: string;
  readonly brush: string;
  readonly match: string;
  readonly onBar: string;
  readonly hatch: string;
  readonly focus: string;
  /** Undefined but in high contrast. */
  readonly contour: string | undefined;
  readonly font: string;
}

const VARIABLES = {
  background: "var(--vscode-editor-background)",
  foreground: "var(--vscode-foreground)",
  quiet: "var(--quiet)",
  line: "var(--line)",
  grid: "color-mix(in srgb, var(--line) 60%, transparent)",
  fine: "var(--fine-bar)",
  fineSoft: "color-mix(in srgb, var(--fine-bar) 38%, transparent)",
  bad: "var(--bad-bar)",
  badSoft: "color-mix(in srgb, var(--bad-bar) 25%, transparent)",
  paused: "var(--vscode-charts-yellow)",
  other: "color-mix(in srgb, var(--quiet) 60%, transparent)",
  critical: "var(--critical)",
  shade: "color-mix(in srgb, var(--vscode-editor-background) 62%, transparent)",
  brush: "color-mix(in srgb, var(--vscode-focusBorder, var(--vscode-charts-blue)) 18%, transparent)",
  match: "var(--vscode-charts-orange, var(--vscode-charts-yellow))",
  onBar: "var(--vscode-foreground)",
  hatch: "var(--hatch-line)",
  focus: "var(--vscode-focusBorder, var(--vscode-charts-blue))",
} as const;

/** Reads the colours as they are at `element`, through `probe`, an empty element of its own inside it. */
export function readPalette(probe: HTMLElement): Palette {
  const colours = Object.fromEntries(
    Object.entries(VARIABLES).map(([name, value]) => {
      probe.style.color = value;
      return [name, getComputedStyle(probe).color];
    }),
  ) as Record<keyof typeof VARIABLES, string>;
  probe.style.color = "var(--vscode-contrastBorder)";
  const contrast = document.body.classList.contains("vscode-high-contrast");
  const contour = contrast ? getComputedStyle(probe).color : undefined;
  const { fontFamily } = getComputedStyle(probe);
  return { ...colours, contour, font: `11px ${fontFamily}` };
}

/** Calls back whenever VS Code changes the theme: it rewrites the classes of the body and the variables of the root. */
export function onThemeChange(changed: () => void): { disconnect(): void } {
  const observer = new MutationObserver(changed);
  const what = { attributes: true, attributeFilter: ["class", "style"] };
  observer.observe(document.body, what);
  observer.observe(document.documentElement, what);
  return observer;
}
