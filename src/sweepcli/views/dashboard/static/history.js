// History: every run a point in the order of the runs, and the best so far as a step line.

import { dot, strokeEach } from "./canvas.js";
import { stateColour } from "./colour.js";
import { fill, h, setShown } from "./dom.js";
import { emptyText, Plot, swatch } from "./plot.js";
import { extent, linearScale, metricScale, sharesOf } from "./scale.js";
import { Scatter } from "./scatter.js";
import { compact } from "./ticks.js";

const NO_GROUP = 255;
const BASELINE = 16; // pixels for the ticks of failed runs
const LABEL_ROOM = 0.15; // of the height, beyond the best, where no point can be in the way
const UNDONE = ["pending", "running"];
const UNITS = [
  { seconds: 86_400, name: "days" },
  { seconds: 3_600, name: "hours" },
  { seconds: 60, name: "minutes" },
];

/** Draw the history of a model's runs in a container; `onOpen(row)` is called for clicks. */
export class History extends Plot {
  constructor(container, model, onOpen) {
    super(container, model, onOpen);
    this.#build();
    this.follow(["data", "sweep", "highlight", "selection"], this.scatter.plane.picture);
    this.followVisible();
  }

  #build() {
    this.time = this.option("time", "by time");
    this.log = this.option("log", "log");
    this.legend = h("span.row.push");
    this.message = h("p.plot-empty");
    const body = h("div.plot-body");
    fill(this.container, h("div.plot-bar.row", this.time, this.log, this.legend), body);
    const hover = { source: "history", tooltip: this.tooltip, onOpen: this.onOpen };
    this.scatter = new Scatter(body, this.model, { hover, baseline: BASELINE });
    body.append(this.message);
  }

  destroy() {
    this.scatter.destroy();
    super.destroy();
  }

  redraw(changed) {
    if (changed.has("size")) this.scatter.plane.resize();
    if (!this.scatter.plane.width) return;
    if ([...changed].some((what) => what !== "highlight" && what !== "selection")) {
      this.later.cancel();
      this.#draw();
    }
    if (this.y) this.scatter.drawOver(this.theme);
  }

  #draw() {
    const { model, scatter, theme } = this;
    const values = model.column("value");
    this.y = model.metric && metricScale(values, model.metric.goal, this.options.log, LABEL_ROOM);
    setShown(this.message, !this.y);
    setShown(scatter.plane.picture, this.y);
    setShown(this.time, this.y);
    setShown(this.log, this.y?.canBeLog);
    setShown(this.legend, this.y);
    this.message.textContent = emptyText(model);
    if (!this.y) return;
    const x = this.#xAxis();
    scatter.plane.frame({ x: x.scale, y: this.y.scale, ends: this.y.ends, xName: x.name }, theme);
    this.#place(x, values);
    const states = [...new Set(model.column("state"))];
    const colours = states.map((state) => stateColour(state, theme));
    const groups = Uint8Array.from(model.column("state"), (state, row) =>
      hasValue(values[row]) ? states.indexOf(state) : NO_GROUP,
    );
    scatter.draw(groups, colours);
    this.#drawFailed(values);
    this.#drawBest(x, values);
    this.#describe(states);
  }

  /** Return the x axis: {scale, name, values}, runs by number or by the time they ended. */
  #xAxis() {
    const { model } = this;
    const numbers = model.column("number");
    if (!this.options.time) {
      return { scale: { ...endsOf(numbers), isWhole: true }, name: "run", values: numbers };
    }
    const started = model.column("started_at");
    const moments = model.column("ended_at").map((ended, row) => ended ?? started[row]);
    const [first] = extent(started) ?? [0];
    const unit = timeUnit((extent(moments) ?? [0, 0])[1] - first);
    const values = moments.map((at) => (at === null ? null : (at - first) / unit.seconds));
    return { scale: endsOf(values), name: `${unit.name} since the first run started`, values };
  }

  #place(x, values) {
    const { plane } = this.scatter;
    const states = this.model.column("state");
    const floor = plane.bottom + BASELINE / 2 + 2;
    const shares = sharesOf(values, this.y.scale);
    this.scatter.place(sharesOf(x.values, x.scale), shares, (row) => {
      if (!Number.isNaN(shares[row])) return plane.yOf(shares[row]);
      return UNDONE.includes(states[row]) ? NaN : floor;
    });
  }

  // What has ended without a value has no height, yet must not be left out.
  #drawFailed(values) {
    const { scatter, model, theme } = this;
    const { context } = scatter.plane.marks;
    const states = model.column("state");
    for (let row = 0; row < model.n; row += 1) {
      if (hasValue(values[row]) || !Number.isFinite(scatter.ys[row])) continue;
      context.globalAlpha = model.visible[row] ? 0.8 : 0.13;
      context.fillStyle = stateColour(states[row], theme);
      context.fillRect(scatter.xs[row] - 0.75, scatter.ys[row] - 5, 1.5, 10);
    }
    context.globalAlpha = 1;
  }

  #drawBest(x, values) {
    const { scatter, model, theme } = this;
    const steps = bestSoFar(x.values, values, model.metric.goal);
    if (!steps.length) return;
    const { plane } = scatter;
    const { context } = plane.marks;
    const heights = steps.map((row) => plane.yOf(this.y.scale.at(values[row])));
    const strokes = [
      [theme.panel, 4.5],
      [theme.ink, 2],
    ];
    strokeEach(context, strokes, () => {
      context.moveTo(scatter.xs[steps[0]], heights[0]);
      for (const [index, row] of steps.entries()) {
        if (index) context.lineTo(scatter.xs[row], heights[index - 1]);
        context.lineTo(scatter.xs[row], heights[index]);
      }
      context.lineTo(plane.right, heights.at(-1));
    });
    this.#labelBest(steps.at(-1), heights.at(-1), values);
  }

  #labelBest(row, y, values) {
    const { model, theme } = this;
    const { plane, xs } = this.scatter;
    const { context } = plane.marks;
    const isAbove = model.metric.goal === "maximize" ? y - plane.top > 24 : plane.bottom - y < 16;
    const text = `best: run ${model.column("number")[row]}, ${compact(values[row])}`;
    const x = Math.min(plane.right - context.measureText(text).width, xs[row] + 7);
    Object.assign(context, { fillStyle: theme.ink, strokeStyle: theme.panel, lineWidth: 4 });
    Object.assign(context, { textAlign: "left", textBaseline: isAbove ? "bottom" : "top" });
    dot(context, xs[row], y, 5);
    context.strokeText(text, x, isAbove ? y - 9 : y + 9);
    context.fillText(text, x, isAbove ? y - 9 : y + 9);
  }

  #describe(states) {
    const { model, theme } = this;
    const { best, metric } = model.sweep;
    const bestSwatch = swatch(theme.ink, "is-line");
    fill(this.legend, h("span.row", bestSwatch, "best so far"), stateEntries(states, theme));
    const sentence = best ? ` The best is ${compact(best.value)}, of run ${best.number}.` : "";
    const label = `${metric.name} of ${model.n} runs in order, with the best so far.${sentence}`;
    this.scatter.plane.picture.setAttribute("aria-label", label);
  }
}

// States of one colour share an entry.
function stateEntries(states, theme) {
  const byColour = new Map();
  for (const state of states) {
    const colour = stateColour(state, theme);
    byColour.set(colour, [...(byColour.get(colour) ?? []), state]);
  }
  return [...byColour].map(([colour, names]) => h("span.row", swatch(colour), names.join(", ")));
}

function hasValue(value) {
  return value !== null && !Number.isNaN(value);
}

function endsOf(values) {
  const [low, high] = extent(values) ?? [0, 0];
  const room = (high - low) * 0.01 || 1;
  return linearScale(low - room, high + room);
}

/** Return the rows that were the best when they came, in the order of x. */
export function bestSoFar(places, values, goal) {
  const rows = [...values.keys()]
    .filter((row) => Number.isFinite(values[row]) && places[row] !== null)
    .sort((one, other) => places[one] - places[other]);
  const isBetter = goal === "maximize" ? (one, other) => one > other : (one, other) => one < other;
  const best = [];
  for (const row of rows) {
    if (!best.length || isBetter(values[row], values[best.at(-1)])) best.push(row);
  }
  return best;
}

/** Return the largest unit of which a length of time has at least two. */
export function timeUnit(seconds) {
  return UNITS.find((unit) => seconds >= 2 * unit.seconds) ?? { seconds: 1, name: "seconds" };
}
