// How one axis of the parallel coordinates looks: its line and ticks, and its title with the scale's name.

import { fitted } from "./canvas.js";
import { h } from "./dom.js";
import { ticksOf } from "./parallel_axes.js";
import { svg } from "./svg.js";

const LABEL_HEIGHT = 17;
const GOALS = { minimize: ["↓", "lower is better"], maximize: ["↑", "higher is better"] };

/** Return the line, the ticks and the place of those without a value, as a group at x = 0. */
export function axisGroup(axis, { top, bottom, noneAt, gap, measure }) {
  const length = bottom - top;
  const room = gap - 16;
  const ticks = spread(ticksOf(axis, length), length);
  const marks = ticks.map(({ at, label }) => tickMark(bottom - at * length, ended(axis, at, label), { measure, room }));
  if (axis.missing) marks.push(noneMark(noneAt, axis.missing));
  return svg("g", { class: "axis" }, svg("line", { class: "axis-line", y1: top, y2: bottom }), marks);
}

function tickMark(y, label, { measure, room }) {
  const text = svg("text", { x: 9, y, dy: "0.35em" }, fitted(measure, label, room));
  if (text.textContent !== label) text.append(svg("title", {}, label));
  return [svg("line", { class: "axis-tick", x1: -4, x2: 4, y1: y, y2: y }), text];
}

function noneMark(y, missing) {
  const text = svg("text", { class: "axis-none", x: 9, y, dy: "0.35em" }, "none");
  text.append(svg("title", {}, `${missing} runs have none`));
  return [svg("line", { class: "axis-tick", x1: -6, x2: 6, y1: y, y2: y }), text];
}

// What was cut off lies at the end of the axis, which has to be said there.
function ended(axis, at, label) {
  if (axis.clips?.high && at > 0.999) return `≥ ${label}`;
  return axis.clips?.low && at < 0.001 ? `≤ ${label}` : label;
}

// Of 40 choices only those that fit are named.
function spread(ticks, length) {
  const stride = Math.ceil((ticks.length * LABEL_HEIGHT) / Math.max(1, length));
  return stride > 1 ? ticks.filter((_, index) => index % stride === 0) : ticks;
}

/** Return the title of an axis: a handle to drag or move with the arrows, and a button for its scale. */
export function axisTitle(axis, { onScale }) {
  const [arrow, meaning] = GOALS[axis.goal] ?? ["", ""];
  const handle = h("button", { type: "button", class: "axis-name", title: hint(axis, meaning) }, h("span", {}, axis.name), arrow ? ` ${arrow}` : null);
  const other = axis.scale.kind === "log" ? "linear" : "log";
  const tip = `${axis.scale.kind} scale; click for ${other}`;
  const scale = axis.canBeLog
    ? h("button", { type: "button", class: "axis-scale", title: tip, "aria-label": `${axis.name}: ${tip}`, onclick: () => onScale(axis, other) }, axis.scale.kind)
    : null;
  const element = h("div", { class: axis.isMetric ? "axis-title is-metric" : "axis-title", dataset: { axis: axis.name } }, handle, scale);
  return { element, handle };
}

function hint(axis, meaning) {
  const keys = "Drag, or press ← →, to move. ↑ ↓ brush (Shift resizes), Escape clears.";
  return [axis.name, meaning, keys].filter(Boolean).join("\n");
}
