// What the timeline's measurement does inside the panel's page. Each function is handed over as its source.

/**
 * Asks for something in each of so many frames.
 *
 * @param {{ work: string, frames: number }} order
 * @returns {Promise<void>}
 */
export async function turn({ work, frames }) {
  const waterfall = /** @type {HTMLElement} */ (document.querySelector(".waterfall"));
  const peer = /** @type {HTMLElement | null} */ (document.querySelector("#peer"));
  const box = waterfall.getBoundingClientRect();
  const wheel = (/** @type {WheelEventInit} */ init) =>
    waterfall.dispatchEvent(
      new WheelEvent("wheel", {
        clientX: box.right - 200,
        clientY: box.top + 200,
        bubbles: true,
        cancelable: true,
        ...init,
      }),
    );
  const key = (/** @type {string} */ pressed) =>
    waterfall.dispatchEvent(new KeyboardEvent("keydown", { key: pressed, bubbles: true }));
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  if (work === "flame zoom") key("v");
  if (work === "pan") for (let step = 0; step < 6; step++) key("+");
  await nextFrame();
  await nextFrame();
  for (let frame = 0; frame < frames; frame++) {
    // In for the first third, out again in the second, and in once more.
    const inwards = Math.floor((frame * 3) / frames) !== 1;
    if (work === "zoom" || work === "flame zoom") wheel({ deltaY: inwards ? -40 : 40, ctrlKey: true });
    else if (work === "pan") wheel({ deltaX: inwards ? 40 : -40 });
    else if (work === "jump") key("n");
    else if (work === "scroll") waterfall.scrollTop += inwards ? 400 : -400;
    else if (work === "peer zoom" && peer)
      peer.style.setProperty("--zoom", String(1 + (inwards ? frame + 1 : frames - frame) / 10));
    else if (work === "peer scroll" && peer) peer.scrollTop += inwards ? 400 : -400;
    await nextFrame();
  }
  if (work === "flame zoom") key("v");
  key("0");
  await nextFrame();
}

/**
 * Puts a plain waterfall over the page: a row, a name and a bar for every span.
 *
 * @param {number} spans
 * @returns {Promise<number>} milliseconds until it is painted.
 */
export async function startPeer(spans) {
  const started = performance.now();
  const peer = document.createElement("div");
  peer.id = "peer";
  peer.style.cssText =
    "position:fixed;inset:0;overflow:auto;z-index:1000;background:var(--vscode-editor-background);--zoom:1";
  const rows = document.createDocumentFragment();
  for (let index = 0; index < spans; index++) {
    const row = document.createElement("div");
    row.style.cssText = "position:relative;height:22px;white-space:nowrap";
    const name = document.createElement("span");
    name.textContent = `span_${index % 7}`;
    const bar = document.createElement("div");
    const left = (index / spans) * 100;
    bar.style.cssText = `position:absolute;top:5px;height:12px;background:var(--vscode-charts-blue);left:calc(200px + ${left}% * var(--zoom));width:calc(${Math.max(0.2, 100 / spans)}% * var(--zoom))`;
    row.append(name, bar);
    rows.append(row);
  }
  peer.append(rows);
  document.body.append(peer);
  await new Promise((resolve) => requestAnimationFrame(resolve));
  await new Promise((resolve) => requestAnimationFrame(resolve));
  return performance.now() - started;
}

/**
 * Shows another run in the same page, as its picker does, and waits until it is drawn.
 *
 * @param {string} runId
 */
export async function showRun(runId) {
  const app = /** @type {HTMLElement} */ (document.querySelector("flujo-lens-app"));
  performance.clearMarks("lens-painted");
  app.dispatchEvent(new CustomEvent("lens-show-run", { detail: { runId } }));
  while (performance.getEntriesByName("lens-painted").length === 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Takes it away again. */
export function stopPeer() {
  document.querySelector("#peer")?.remove();
}
