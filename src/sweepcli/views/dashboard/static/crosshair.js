// The crosshair over curves: a line at the nearest step, and what every curve is there.

import { dot, place } from "./curve_lines.js";
import { h, oncePerFrame } from "./dom.js";
import { shortNumber } from "./format.js";
import { Tooltip, pairLines } from "./tooltip.js";

/** Follow the pointer over a plane; `plot()` has the series, the theme and the key. */
export function crosshair(plane, plot) {
  const tooltip = new Tooltip();
  let pointer = null;
  const redraw = oncePerFrame(() => draw(plane, plot(), pointer, tooltip));
  const { picture } = plane;
  const move = (event) => {
    pointer = event && { x: plane.pointer(event).x, windowX: event.clientX, windowY: event.clientY };
    redraw();
  };
  picture.addEventListener("pointermove", move);
  picture.addEventListener("pointerleave", () => move(null));
  return {
    redraw: () => pointer && redraw(),
    destroy() {
      redraw.cancel();
      tooltip.destroy();
    },
  };
}

function draw(plane, { series, theme, key }, pointer, tooltip) {
  plane.over.clear();
  const step = pointer && series?.length ? nearestStep(plane, series, pointer.x) : null;
  if (step === null) {
    tooltip.hide();
    return;
  }
  const readings = series.map((each) => ({ ...each, ...readingAt(each, step) })).filter(({ value }) => value !== undefined);
  rule(plane, theme, step);
  for (const { colour, value, at } of readings) mark(plane, theme, { colour, value, at });
  const head = h("div", { class: "plot-tooltip-head" }, h("b", {}, key), h("span", {}, `step ${shortNumber(step)}`));
  tooltip.show(pointer.windowX, pointer.windowY, [head, pairLines(readings.map((reading) => line(reading, step)))]);
}

function nearestStep(plane, series, x) {
  let [found, least] = [null, Infinity];
  for (const { steps } of series) {
    for (const step of steps) {
      if (plane.x.kind === "log" && step <= 0) continue;
      const distance = Math.abs(plane.xOf(plane.x.at(step)) - x);
      if (distance < least) [found, least] = [step, distance];
    }
  }
  return found;
}

// A curve need not have been logged at that step: then what it was last.
function readingAt({ steps, values }, step) {
  let index = steps.length - 1;
  while (index >= 0 && steps[index] > step) index -= 1;
  return index < 0 ? { value: undefined } : { value: values[index], at: steps[index] };
}

function line({ label, colour, value, at }, step) {
  const text = Number.isNaN(value) ? "not a number" : shortNumber(value);
  return { name: label, colour, text: at === step ? text : `${text} (step ${shortNumber(at)})` };
}

function rule(plane, theme, step) {
  const { context } = plane.over;
  const x = Math.round(plane.xOf(plane.x.at(step))) + 0.5;
  Object.assign(context, { strokeStyle: theme.muted, lineWidth: 1 });
  context.beginPath();
  context.moveTo(x, plane.top);
  context.lineTo(x, plane.bottom);
  context.stroke();
}

function mark(plane, theme, { colour, value, at }) {
  const point = place(plane, at, value);
  if (!point) return;
  const { context } = plane.over;
  context.fillStyle = theme.panel;
  dot(context, point, 5.5);
  context.fillStyle = colour;
  dot(context, point, 4);
}
