// The line of one curve: broken where a value is not a number, a dot where a point stands alone.

import { h } from "./dom.js";
import { numeric } from "./scale.js";

const DASHES = [[], [7, 4], [2, 3]]; // once colours have to be used again

/** Return series whose steps and values are numbers (NaN for what is none), each with a colour. */
export function prepared(series, theme) {
  return series.map(({ label, colour, steps, values }, index) => ({
    label,
    colour: colour ?? theme.series[index % theme.series.length],
    dash: DASHES[Math.floor(index / theme.series.length) % DASHES.length],
    steps: Float64Array.from(steps, numeric),
    values: Float64Array.from(values, finite),
  }));
}

// An infinity has no height; that there is one shows as a gap.
function finite(value) {
  const number = numeric(value);
  return Number.isFinite(number) ? number : NaN;
}

/** Draw a series in a plane. */
export function strokeSeries(plane, { steps, values, colour, dash }) {
  const { context } = plane.marks;
  const points = Array.from(steps, (step, index) => place(plane, step, values[index]));
  Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: 1.8, lineJoin: "round" });
  context.setLineDash(dash);
  context.beginPath();
  points.forEach((point, index) => {
    if (!point) return;
    if (points[index - 1]) context.lineTo(point.x, point.y);
    else context.moveTo(point.x, point.y);
  });
  context.stroke();
  context.setLineDash([]);
  points.forEach((point, index) => point && !points[index - 1] && !points[index + 1] && dot(context, point));
}

/** Return a piece of a series' line, for a legend. */
export function lineSwatch(colour, [on, off]) {
  const background = on ? `repeating-linear-gradient(to right, ${colour} 0 ${on}px, transparent ${on}px ${on + off}px)` : colour;
  return h("i", { class: "plot-swatch is-line", style: { background } });
}

/** Return where a point of a curve is, or null if it has no place. */
export function place(plane, step, value) {
  const isOff = (plane.x.kind === "log" && step <= 0) || (plane.y.kind === "log" && value <= 0);
  if (isOff || Number.isNaN(step + value)) return null;
  return { x: plane.xOf(plane.x.at(step)), y: plane.yOf(plane.y.at(value)) };
}

/** Draw a point. */
export function dot(context, { x, y }, radius = 3) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
