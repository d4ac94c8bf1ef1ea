// How one axis of the parallel coordinates looks: its line and ticks, and its title with the scale's name.

import { fitted } from "./canvas.js";
import { h } from "./dom.js";
import { ticksOf } from "./parallel_axes.js";
import { svg } from "./svg.js";
import { compact } from "./ticks.js";

const LABEL_HEIGHT = 17;
const GOALS = { minimize: ["↓", "lower is better"], maximize: ["↑", "higher is better"] };

/** Return the line, the ticks and the place of those without a value, as a group at x = 0. */
export function axisGroup(axis, { top, bottom, noneAt, gap, measure }) {
  const length = bottom - top;
  const room = gap - 16;
  const marks = allTicks(axis, length).map(({ at, label }) => tickMark(bottom - at * length, label, { measure, room }));
  if (axis.missing) marks.push(noneMark(noneAt));
  return svg("g", { class: "axis" }, svg("line", { class: "axis-line", y1: top, y2: bottom }), marks);
}

function tickMark(y, label, { measure, room }) {
  const text = svg("text", { x: 9, y, dy: "0.35em" }, fitted(measure, label, room));
  if (text.textContent !== label) text.append(svg("title", {}, label));
  return [svg("line", { class: "axis-tick", x1: -4, x2: 4, y1: y, y2: y }), text];
}

function noneMark(y) {
  const text = svg("text", { class: "axis-none", x: 9, y, dy: "0.35em" }, "none");
  return [svg("line", { class: "axis-tick", x1: -6, x2: 6, y1: y, y2: y }), text];
}

// What was cut off lies at the end of the axis, which has to be said there.
function clippedEnds({ scale, clips }) {
  const ends = [];
  if (clips?.low) ends.push({ at: 0, label: `≤ ${compact(scale.low, 3)}` });
  if (clips?.high) ends.push({ at: 1, label: `≥ ${compact(scale.high, 3)}` });
  return ends;
}

function allTicks(axis, length) {
  const ends = clippedEnds(axis);
  const isFree = ({ at }) => ends.every((end) => Math.abs(end.at - at) * length > LABEL_HEIGHT);
  return [...spread(ticksOf(axis, length), length).filter(isFree), ...ends];
}

// Of 40 choices only those that fit are named; of uneven ticks those that leave room.
function spread(ticks, length) {
  const stride = Math.ceil((ticks.length * LABEL_HEIGHT) / Math.max(1, length));
  const even = stride > 1 ? ticks.filter((_, index) => index % stride === 0) : ticks;
  let last = -Infinity;
  return even.filter(({ at }) => {
    const fits = (at - last) * length >= LABEL_HEIGHT - 2;
    if (fits) last = at;
    return fits;
  });
}

/** Return the title of an axis: a handle to drag or move with the arrows, and a button for its scale. */
export function axisTitle(axis, { onScale }) {
  const [arrow, meaning] = GOALS[axis.goal] ?? ["", ""];
  const name = [h("span", {}, axis.name), arrow ? ` ${arrow}` : null];
  const handle = h("button", { type: "button", class: "axis-name", title: hint(axis, meaning) }, name);
  const className = axis.isMetric ? "axis-title is-metric" : "axis-title";
  const element = h("div", { class: className, dataset: { axis: axis.name } }, handle, axis.canBeLog ? scaleButton(axis, onScale) : null);
  return { element, handle };
}

function scaleButton({ name, scale: { kind } }, onScale) {
  const other = kind === "log" ? "linear" : "log";
  const tip = `${kind} scale; click for ${other}`;
  return h("button", { type: "button", class: "axis-scale", title: tip, "aria-label": `${name}: ${tip}`, onclick: () => onScale(other) }, kind);
}

function hint(axis, meaning) {
  const keys = "Drag, or press ← →, to move. ↑ ↓ brush (Shift resizes), Escape clears.";
  return [axis.name, meaning, keys].filter(Boolean).join("\n");
}
