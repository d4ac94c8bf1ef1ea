// History: every run a point in the order of the runs, and the best so far as a step line.

import { readTheme, watchSize } from "./canvas.js";
import { stateColour } from "./colour.js";
import { fill, h, oncePerFrame, setShown, whenQuiet } from "./dom.js";
import { bestSoFar, timeUnit } from "./history_steps.js";
import { metricScale, sharesOf } from "./metric_scale.js";
import { varying } from "./parallel_axes.js";
import { extent, linearScale } from "./scale.js";
import { Scatter } from "./scatter.js";
import { onTheme } from "./theme.js";
import { compact } from "./ticks.js";
import { Tooltip } from "./tooltip.js";

const NO_GROUP = 255;
const BASELINE = 16; // pixels for the ticks of failed runs
const LABEL_ROOM = 0.15; // of the height, beyond the best, where no point can be in the way
const MANY = 3000; // runs, from which the points follow a moving brush only when it rests
const REST_MS = 80;
const UNDONE = ["pending", "running"];

/** Draw the history of a model's runs in a container; `onOpen(row)` hears of clicks. */
export function history(container, model, options = {}) {
  return new History(container, model, options);
}

class History {
  #pending = new Set(["data"]);
  #isByTime = false;
  #isLog = false;

  constructor(container, model, options) {
    Object.assign(this, { container, model, theme: readTheme() });
    this.tooltip = new Tooltip();
    this.#build(options);
    this.flush = oncePerFrame(() => this.#flush());
    const ask = (what) => () => this.#ask(what);
    this.later = whenQuiet(REST_MS, ask("visible"));
    const events = ["data", "sweep", "highlight", "selection"];
    this.offs = [
      ...events.map((name) => model.on(name, ask(name))),
      model.on("visible", () => (model.n > MANY ? this.later() : this.#ask("visible"))),
      onTheme(ask("theme")),
      watchSize(this.scatter.plane.picture, ask("size")),
    ];
  }

  #build(options) {
    const check = (text, onChange) => {
      const box = h("input", { type: "checkbox", onchange: () => (onChange(box.checked), this.#ask("data")) });
      return h("label", { class: "plot-check" }, box, text);
    };
    this.time = check("by time", (isOn) => (this.#isByTime = isOn));
    this.log = check("log", (isOn) => (this.#isLog = isOn));
    this.legend = h("span", { class: "plot-legend" });
    this.body = h("div", { class: "plot-body" });
    this.message = h("p", { class: "plot-empty" });
    this.container.classList.add("plot-column");
    fill(this.container, h("div", { class: "plot-bar" }, this.time, this.log, this.legend), this.body);
    const hover = { source: "history", tooltip: this.tooltip, about: () => varying(this.model), onOpen: options.onOpen };
    this.scatter = new Scatter(this.body, this.model, { hover, baseline: BASELINE });
    this.body.append(this.message);
  }

  destroy() {
    for (const off of this.offs) off();
    this.flush.cancel();
    this.later.cancel();
    this.scatter.destroy();
    this.tooltip.destroy();
    this.container.replaceChildren();
  }

  #ask(what) {
    this.#pending.add(what);
    this.flush();
  }

  #flush() {
    const pending = this.#pending;
    this.#pending = new Set();
    if (pending.has("theme")) this.theme = readTheme();
    if (pending.has("size")) this.scatter.plane.resize();
    if (!this.scatter.plane.width) return;
    if ([...pending].some((what) => what !== "highlight" && what !== "selection")) {
      this.later.cancel();
      this.#draw();
    }
    if (this.y) this.scatter.drawOver(this.theme);
  }

  #draw() {
    const { model, scatter, theme } = this;
    const values = model.column("value");
    this.y = model.metric && metricScale(values, model.metric.goal, this.#isLog, LABEL_ROOM);
    setShown(this.message, !this.y);
    setShown(scatter.plane.picture, Boolean(this.y));
    setShown(this.time, Boolean(this.y));
    setShown(this.log, Boolean(this.y?.canBeLog));
    if (!this.y) return this.#showEmpty();
    const x = this.#xAxis();
    scatter.plane.frame({ x: x.scale, y: this.y.scale, ends: this.y.ends, xName: x.name }, theme);
    this.#place(x, values);
    const states = [...new Set(model.column("state"))];
    const groups = Uint8Array.from(model.column("state"), (state, row) => (hasValue(values[row]) ? states.indexOf(state) : NO_GROUP));
    scatter.draw(groups, states.map((state) => stateColour(state, theme)));
    this.#drawFailed(values);
    this.#drawBest(x, values);
    this.#tell(states);
    return undefined;
  }

  #showEmpty() {
    const { model } = this;
    fill(this.legend);
    if (!model.metric) this.message.textContent = "This sweep has no metric.";
    else this.message.textContent = model.n ? `No run has logged ${model.metric.name} yet.` : "No run yet.";
  }

  /** Return the x axis: {scale, name, values}, runs by number or by the time they ended. */
  #xAxis() {
    const { model } = this;
    const numbers = model.column("number");
    if (!this.#isByTime) return { scale: { ...endsOf(numbers), isWhole: true }, name: "run", values: numbers };
    const moments = model.column("ended_at").map((ended, row) => ended ?? model.column("started_at")[row]);
    const first = model.column("started_at").reduce((least, at) => (at === null ? least : Math.min(least, at)), Infinity);
    const unit = timeUnit(moments.reduce((most, at) => Math.max(most, (at ?? first) - first), 0));
    const values = moments.map((at) => (at === null ? null : (at - first) / unit.seconds));
    return { scale: endsOf(values), name: `${unit.name} since the first run began`, values };
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
    const path = () => {
      context.beginPath();
      context.moveTo(scatter.xs[steps[0]], heights[0]);
      steps.forEach((row, index) => {
        if (index) context.lineTo(scatter.xs[row], heights[index - 1]);
        context.lineTo(scatter.xs[row], heights[index]);
      });
      context.lineTo(plane.right, heights[heights.length - 1]);
      context.stroke();
    };
    for (const [colour, width] of [[theme.panel, 4.5], [theme.ink, 2]]) {
      Object.assign(context, { strokeStyle: colour, lineWidth: width });
      path();
    }
    this.#labelBest(steps[steps.length - 1], heights[heights.length - 1], values);
  }

  #labelBest(row, y, values) {
    const { plane, xs } = this.scatter;
    const { context } = plane.marks;
    Object.assign(context, { fillStyle: this.theme.ink, strokeStyle: this.theme.panel, lineJoin: "round" });
    context.beginPath();
    context.arc(xs[row], y, 5, 0, 2 * Math.PI);
    context.fill();
    const text = `best: run ${this.model.column("number")[row]}, ${compact(values[row])}`;
    const width = context.measureText(text).width;
    const x = Math.min(plane.right - width, xs[row] + 7);
    const above = this.model.metric.goal === "maximize" ? y - plane.top > 24 : plane.bottom - y < 16;
    context.textAlign = "left";
    context.textBaseline = above ? "bottom" : "top";
    Object.assign(context, { lineWidth: 4 });
    context.strokeText(text, x, above ? y - 9 : y + 9);
    context.fillText(text, x, above ? y - 9 : y + 9);
  }

  #tell(states) {
    const { model, theme } = this;
    fill(this.legend, entry(theme.ink, "best so far", "is-line"), stateEntries(states, theme));
    const best = model.sweep.best;
    const sentence = best ? ` The best is ${compact(best.value)}, of run ${best.number}.` : "";
    this.scatter.plane.picture.setAttribute("aria-label", `${model.metric.name} of ${model.n} runs in their order, with the best so far.${sentence}`);
  }
}

// States of one colour share an entry.
function stateEntries(states, theme) {
  const byColour = new Map();
  for (const state of states) {
    const colour = stateColour(state, theme);
    byColour.set(colour, [...(byColour.get(colour) ?? []), state]);
  }
  return [...byColour].map(([colour, names]) => entry(colour, names.join(", ")));
}

function entry(colour, text, shape = "") {
  return h("span", { class: "plot-entry" }, h("i", { class: `plot-swatch ${shape}`, style: { background: colour } }), text);
}

function hasValue(value) {
  return value !== null && !Number.isNaN(value);
}

function endsOf(values) {
  const [low, high] = extent(values.map((value) => value ?? NaN)) ?? [0, 0];
  const room = (high - low) * 0.01 || 1;
  return linearScale(low - room, high + room);
}
