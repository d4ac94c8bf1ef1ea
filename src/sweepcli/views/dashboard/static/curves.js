// Curves: what runs logged, step by step, as lines on shared axes.

import { dot, strokeEach } from "./canvas.js";
import { fill, h, oncePerFrame, setShown } from "./dom.js";
import { many, shortNumber } from "./format.js";
import { Plane } from "./plane.js";
import { Plot } from "./plot.js";
import { extent, numberScale, numeric, padded } from "./scale.js";
import { pairLines } from "./tooltip.js";

const DASHES = [[], [7, 4], [2, 3]]; // once the page's colours have to be used again
const COLOURS = 8;

/** Draw series {label, colour, steps, values} of one key. */
export class Curves extends Plot {
  #pointer = null;
  #pointSoon = oncePerFrame(() => this.#drawPointer());

  constructor(container, { series, key }) {
    super(container, null);
    this.key = key;
    this.given = series;
    this.#build();
    this.follow([], this.plane.picture);
    const { picture } = this.plane;
    picture.addEventListener("pointermove", (event) => this.#point(this.plane.pointer(event)));
    picture.addEventListener("pointerleave", () => this.#point(null));
  }

  #build() {
    this.checks = { x: this.option("x", "log steps"), y: this.option("y", "log values") };
    this.legend = h("ul.curve-legend.row");
    this.message = h("p.plot-empty");
    const body = h("div.plot-body");
    const checks = h("span.row.push", this.checks.x, this.checks.y);
    fill(this.container, h("div.plot-bar.row", this.legend, checks), body);
    this.plane = new Plane(body);
    body.append(this.message);
  }

  /** Draw other series, or more of the same. */
  update(series) {
    this.given = series;
    this.ask("data");
  }

  destroy() {
    this.#pointSoon.cancel();
    super.destroy();
  }

  redraw(changed) {
    const { plane, theme, key } = this;
    if (changed.has("size")) plane.resize();
    if (!plane.width) return;
    this.series = this.given.map(numericSeries);
    const axes = this.#axes();
    setShown(this.message, !axes);
    plane.marks.clear();
    plane.over.clear();
    if (axes) {
      plane.frame({ ...axes, xName: "step" }, theme);
      for (const each of this.series) strokeSeries(plane, each);
    } else {
      plane.back.clear();
      this.series = [];
      for (const check of Object.values(this.checks)) setShown(check, false);
      this.message.textContent = `No number has been logged as ${key} yet.`;
    }
    this.#describe();
    if (this.#pointer) this.#pointSoon();
  }

  #axes() {
    const [steps, values] = ["steps", "values"].map((part) =>
      this.series.flatMap((each) => [...each[part]]),
    );
    const ends = { x: extent(steps), y: extent(values) };
    if (!ends.x || !ends.y) return null;
    if (ends.x[0] === ends.x[1]) ends.x = [ends.x[0] - 1, ends.x[1] + 1];
    // A run's first step is often 0, which a logarithm leaves out.
    const logEnds = { x: extent(steps, (step) => step > 0), y: ends.y[0] > 0 ? ends.y : null };
    for (const axis of ["x", "y"]) {
      setShown(this.checks[axis], logEnds[axis]?.[0] < logEnds[axis]?.[1]);
    }
    const scale = (axis, share) => {
      const kind = this.options[axis] && logEnds[axis] ? "log" : "linear";
      return numberScale(kind, padded(kind, kind === "log" ? logEnds[axis] : ends[axis], share));
    };
    return { x: { ...scale("x", 0.01), isWhole: true }, y: scale("y", 0.05) };
  }

  #describe() {
    const { series, key } = this;
    const entries = series.map(({ label, colour, dash }) =>
      h("li.row", { title: label }, lineSwatch(colour, dash), h("span.cut", label)),
    );
    fill(this.legend, entries);
    setShown(this.legend, series.length > 1);
    const of = series.length === 1 ? "" : ` of ${many(series.length, "run")}`;
    this.plane.picture.setAttribute("aria-label", `${key} by step${of}.`);
  }

  #point(pointer) {
    this.#pointer = pointer;
    this.#pointSoon();
  }

  /** Draw a line at the step nearest to the pointer, and show what every curve is there. */
  #drawPointer() {
    const { plane, series = [], theme, tooltip } = this;
    plane.over.clear();
    const step = this.#pointer && nearestStep(plane, series, this.#pointer.x);
    if (step === null) return tooltip.hide();
    const readings = series.map((each) => readingAt(each, step)).filter(Boolean);
    const x = Math.round(plane.xOf(plane.x.at(step))) + 0.5;
    strokeEach(plane.over.context, [[theme.muted, 1]], () => {
      plane.over.context.moveTo(x, plane.top);
      plane.over.context.lineTo(x, plane.bottom);
    });
    for (const reading of readings) mark(plane, theme, reading);
    const title = [h("b", this.key), h("span.muted", `step ${shortNumber(step)}`)];
    const lines = pairLines(readings.map((reading) => readingLine(reading, step)));
    return tooltip.show(this.#pointer, [h("div.plot-tooltip-head.row", title), lines]);
  }
}

/** Return a series whose steps and values are numbers, NaN for what is none. */
function numericSeries({ label, colour, steps, values }, index) {
  const dash = DASHES[Math.floor(index / COLOURS) % DASHES.length];
  const numbers = Float64Array.from(values, finite);
  return { label, colour, dash, steps: Float64Array.from(steps, numeric), values: numbers };
}

// An infinity has no height; that there is one shows as a gap.
function finite(value) {
  const number = numeric(value);
  return Number.isFinite(number) ? number : NaN;
}

/** Draw the line of a series: broken where there is no number, a dot where a point is alone. */
function strokeSeries(plane, { steps, values, colour, dash }) {
  const { context } = plane.marks;
  const points = Array.from(steps, (step, index) => place(plane, step, values[index]));
  context.setLineDash(dash);
  strokeEach(context, [[colour, 1.8]], () => {
    for (const [index, point] of points.entries()) {
      if (point && points[index - 1]) context.lineTo(point.x, point.y);
      else if (point) context.moveTo(point.x, point.y);
    }
  });
  context.setLineDash([]);
  context.fillStyle = colour;
  for (const [index, point] of points.entries()) {
    if (point && !points[index - 1] && !points[index + 1]) dot(context, point.x, point.y, 3);
  }
}

/** Return a piece of a series' line, for a legend. */
function lineSwatch(colour, [on, off]) {
  const dashes = `${colour} 0 ${on}px, transparent ${on}px ${on + off}px`;
  const background = on ? `repeating-linear-gradient(to right, ${dashes})` : colour;
  return h("i.plot-swatch.is-line", { style: { background } });
}

/** Return where a point of a curve is, or null if it has no place. */
function place(plane, step, value) {
  const isOff = (plane.x.kind === "log" && step <= 0) || (plane.y.kind === "log" && value <= 0);
  if (isOff || Number.isNaN(step + value)) return null;
  return { x: plane.xOf(plane.x.at(step)), y: plane.yOf(plane.y.at(value)) };
}

function mark(plane, theme, { colour, value, at }) {
  const point = place(plane, at, value);
  if (!point) return;
  const { context } = plane.over;
  context.fillStyle = theme.panel;
  dot(context, point.x, point.y, 5.5);
  context.fillStyle = colour;
  dot(context, point.x, point.y, 4);
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

// A curve need not have been logged at that step: then its last value before it; null without one.
function readingAt({ label, colour, steps, values }, step) {
  const index = steps.findLastIndex((each) => each <= step);
  return index < 0 ? null : { label, colour, value: values[index], at: steps[index] };
}

function readingLine({ label, colour, value, at }, step) {
  const text = Number.isNaN(value) ? "not a number" : shortNumber(value);
  return { name: label, colour, text: at === step ? text : `${text} (step ${shortNumber(at)})` };
}
