/** The stretch of a run's time that is on screen: zooming and panning it. Seconds from the start of the run. */
export interface TimeView {
  readonly from: number;
  /** Always after `from`. */
  readonly to: number;
}

/** Seconds: closer than this there is nothing to see, clocks are not finer. */
const SHORTEST = 1e-6;

/** The whole run of `length` seconds. */
export function wholeRun(length: number): TimeView {
  return { from: 0, to: Math.max(SHORTEST, length) };
}

export function isWhole(view: TimeView, length: number): boolean {
  return view.from <= 0 && view.to >= length;
}

/** The nearest view that lies in the run and is not too short. */
export function within(view: TimeView, length: number): TimeView {
  const whole = wholeRun(length);
  const size = Math.min(whole.to, Math.max(SHORTEST, view.to - view.from));
  const from = Math.min(Math.max(0, view.from), whole.to - size);
  return { from, to: from + size };
}

/** Shows `factor` times as much time as before; what lies at `at` seconds stays where it is. */
export function zoomed(view: TimeView, length: number, factor: number, at: number): TimeView {
  const size = Math.min(wholeRun(length).to, Math.max(SHORTEST, (view.to - view.from) * factor));
  const share = (at - view.from) / (view.to - view.from);
  return within({ from: at - share * size, to: at - share * size + size }, length);
}

/** Moves by `seconds`. */
export function panned(view: TimeView, length: number, seconds: number): TimeView {
  return within({ from: view.from + seconds, to: view.to + seconds }, length);
}

/** Of a span's length, at each side. */
const MARGIN = 0.05;

/** A span from `start` to `end`, with a little room around it. */
export function fitted(start: number, end: number, length: number): TimeView {
  const margin = Math.max(SHORTEST, end - start) * MARGIN;
  return within({ from: start - margin, to: end + margin }, length);
}

/** The view that shows `start` to `end`, moved as little as possible; the same one when it shows enough of it already. */
export function showing(view: TimeView, start: number, end: number, length: number): TimeView {
  if (end > view.from && start < view.to) return view;
  const middle = (start + end) / 2;
  const half = (view.to - view.from) / 2;
  return within({ from: middle - half, to: middle + half }, length);
}

/** Time to pixels. */
export interface TimeScale {
  readonly view: TimeView;
  /** Pixels for the whole view. */
  readonly width: number;
}

export function xOf({ view, width }: TimeScale, time: number): number {
  return ((time - view.from) / (view.to - view.from)) * width;
}

export function timeAt({ view, width }: TimeScale, x: number): number {
  return view.from + (x / Math.max(1, width)) * (view.to - view.from);
}
