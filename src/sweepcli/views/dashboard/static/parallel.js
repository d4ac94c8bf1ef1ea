// Parallel coordinates: each run is a line through its parameters to its metric, coloured by it.

import { BUCKETS, rampBuckets, rampColour } from "./colour.js";
import { button, checkbox, fill, h, oncePerFrame, setShown, setText } from "./dom.js";
import { count, many } from "./format.js";
import {
  bucketsOf,
  heightsOf,
  layoutOf,
  metricAxes,
  NO_BUCKET,
  neededWidth,
  parameterAxis,
  varying,
} from "./parallel_axes.js";
import { brushFilter, rescaled } from "./parallel_brush.js";
import { Frame, moved } from "./parallel_frame.js";
import { drawingOrder, Lines, nearestLine, Overlay } from "./parallel_lines.js";
import { Plot, ramp } from "./plot.js";
import { compact } from "./ticks.js";
import { aboutRun } from "./tooltip.js";

const SOURCE = "parallel";
const STOPS = [0, 0.25, 0.5, 0.75, 1]; // of the ramp in the legend
const NO_AXES = "No parameter varies in this sweep, so there is nothing to compare.";
const NO_RUNS = "No runs yet. Each run will be a line from axis to axis.";
const HINT = "Drag along an axis to filter, drag a title to move it.";

/** Draw the runs of a model as parallel coordinates; `onOpen(row)` is called for clicks. */
export class Parallel extends Plot {
  #kinds = new Map(); // key -> the scale that a person chose
  #brushes = new Map(); // key -> [low, high] as shares
  #keys = [];
  #axes = [];
  #showsValueless = true;
  #pointer = null;
  #hoverSoon = oncePerFrame(() => this.#hover());

  constructor(container, model, onOpen) {
    super(container, model, onOpen);
    this.#build();
    this.follow(["data", "sweep", "visible", "highlight", "selection"], this.scroller);
  }

  #build() {
    const { container, model } = this;
    this.bar = new Bar({
      onToggle: (isShown) => this.#toggle(isShown),
      onClear: () => this.#clear(),
    });
    this.picture = h("div.parallel-picture", { role: "img" });
    this.message = h("p.plot-empty");
    this.stage = h("div.parallel-stage", this.picture, this.message);
    this.scroller = h("div.parallel-scroll", this.stage);
    this.lines = new Lines(this.picture, () => {
      container.dataset.drawn = String(model.n);
    });
    this.overlay = new Overlay(this.picture);
    this.frame = new Frame(this.stage, {
      onBrush: (axis, brush) => this.#brush(axis, brush),
      onScale: (axis, kind) => this.#rescale(axis, kind),
      onMove: (axis, place) => this.#move(axis, place),
      onSettled: () => this.ask("data"),
    });
    this.stage.addEventListener("pointermove", (event) => this.#point(event));
    this.stage.addEventListener("pointerleave", () => this.#point(null));
    this.stage.addEventListener("click", (event) => this.#click(event));
    fill(this.container, this.bar.element, this.scroller);
  }

  destroy() {
    this.#hoverSoon.cancel();
    this.lines.destroy();
    super.destroy();
    delete this.container.dataset.drawn;
  }

  redraw(changed) {
    if (!this.scroller.clientWidth) return; // not in sight: a change of size follows when it is
    const isAll = ["data", "theme", "size"].some((what) => changed.has(what));
    let isNew = isAll || (changed.has("sweep") && this.#sweepChanged());
    if (isNew && this.frame.isBusy) {
      this.ask("data"); // axes do not change during a drag
      isNew = false;
    }
    this.#dropBrushes();
    if (isNew) this.#rebuild();
    if (isNew || changed.has("visible")) this.#redrawLines(changed.has("theme"));
    this.overlay.paint(this.#axes.length > 1 ? this.scene : null, this.model, this.theme);
  }

  #sweepChanged() {
    const { parameters, metric, best } = this.model;
    const seen = JSON.stringify([parameters, metric, best]);
    const isNew = seen !== this.seen;
    this.seen = seen;
    return isNew;
  }

  // A chip of the page can lift a brush too.
  #dropBrushes() {
    for (const key of this.#brushes.keys()) {
      if (!this.model.filters.brushes.has(key)) this.#brushes.delete(key);
    }
    if (!this.frame.isBusy) this.frame.paintBrushes();
  }

  #rebuild() {
    const { model } = this;
    const before = new Map(this.#axes.map((axis) => [axis.key, axis]));
    const kindOf = (key) => this.#kinds.get(key);
    const made = [
      ...varying(model).map((each) => parameterAxis(model, each, kindOf(each.name))),
      ...metricAxes(model, kindOf),
    ];
    this.#sort(made);
    this.metric = made.find((axis) => axis.isMetric) ?? null;
    this.buckets = bucketsOf(this.metric, model.n);
    this.#place();
    for (const axis of made) this.#carryBrush(axis, before.get(axis.key));
    this.frame.show(this.#axes, this.layout, this.#brushes);
  }

  /** Keep the order that a person chose; before that, the metric is last. */
  #sort(made) {
    const keys = made.map((axis) => axis.key);
    const known = new Set(this.#keys);
    if (keys.length !== known.size || !keys.every((key) => known.has(key))) this.#keys = keys;
    this.#axes = this.#keys.map((key) => made.find((axis) => axis.key === key));
  }

  #place() {
    const width = Math.max(this.scroller.clientWidth, neededWidth(this.#axes.length));
    const layout = layoutOf(this.#axes, width, this.scroller.clientHeight);
    const isResized = layout.width !== this.layout?.width || layout.height !== this.layout?.height;
    this.layout = layout;
    this.ys = this.#axes.map((axis) => heightsOf(axis, layout));
    if (!isResized) return;
    this.isFresh = true;
    this.stage.style.width = `${layout.width}px`;
    this.lines.resize(layout.width, layout.height);
    this.overlay.resize(layout.width, layout.height);
  }

  // The same values are brushed when the ends of a scale have moved.
  #carryBrush(axis, before) {
    const brush = this.#brushes.get(axis.key);
    if (!brush || !before) return;
    const { scale } = axis;
    if (["kind", "low", "high"].every((part) => scale[part] === before.scale[part])) return;
    this.#brush(axis, rescaled(brush, before.scale, scale));
  }

  #redrawLines(isRecoloured) {
    const { model, layout, ys, buckets, theme } = this;
    delete this.container.dataset.drawn;
    const isShown = (row) =>
      model.visible[row] === 1 && (this.#showsValueless || buckets[row] !== NO_BUCKET);
    const order = drawingOrder(buckets, isShown);
    const best = model.best >= 0 && model.visible[model.best] ? model.best : -1;
    const colours = this.metric ? rampBuckets(theme.isDark) : new Array(BUCKETS).fill(theme.accent);
    const paints = { colours, grey: theme.faint, ghost: theme.ghost, halo: theme.panel };
    this.scene = { xs: layout.xs, ys, order, buckets, best, ...paints };
    const isDrawable = this.#axes.length > 1;
    const nothing = { ...this.scene, order: new Uint32Array(0), best: -1 };
    this.lines.draw(isDrawable ? this.scene : nothing, this.isFresh || isRecoloured);
    this.lines.showGhosts(this.scene, isDrawable && model.visible.includes(0));
    this.isFresh = false;
    this.#describe(order.length);
  }

  #describe(drawn) {
    const { model, metric } = this;
    const isDrawn = this.#axes.length > 1;
    const message = !isDrawn ? NO_AXES : model.n ? "" : NO_RUNS;
    this.message.textContent = message;
    this.message.hidden = !message;
    const hasValues = metric && metric.missing < model.n;
    const hint = metric && model.n && !hasValues ? `No run has logged ${metric.name} yet.` : HINT;
    this.bar.update({
      metric: hasValues && isDrawn ? metric : null,
      isDark: this.theme.isDark,
      hasBrush: this.#brushes.size > 0,
      message: isDrawn ? hint : "",
    });
    const through = this.#axes.map((axis) => axis.name).join(", ");
    const drawnOf = `${count(drawn)} of ${many(model.n, "run")}`;
    const label = `Parallel coordinates: ${drawnOf}, each a line through ${through}.`;
    this.picture.setAttribute("aria-label", label);
  }

  #brush(axis, brush) {
    if (brush) this.#brushes.set(axis.key, brush);
    else if (!this.#brushes.delete(axis.key)) return;
    this.frame.paintBrush(axis);
    const { predicate = null, label } = brush ? brushFilter(this.model, axis, brush) : {};
    this.model.filters.setBrush(axis.key, predicate, label);
  }

  #clear() {
    for (const axis of this.#axes) this.#brush(axis, null);
  }

  #rescale(axis, kind) {
    this.#kinds.set(axis.key, kind);
    this.ask("data");
  }

  #move(axis, place) {
    this.#keys = moved(this.#keys, axis.key, place);
    this.ask("data");
  }

  #toggle(isShown) {
    this.#showsValueless = isShown;
    this.ask("visible");
  }

  #point(event) {
    const isTitle = event?.target.closest(".axis-title");
    this.#pointer = event && !isTitle ? { windowX: event.clientX, windowY: event.clientY } : null;
    this.#hoverSoon();
  }

  #hover() {
    const { model, tooltip } = this;
    const row = this.frame.isBusy ? -1 : this.#pick();
    if (row >= 0) tooltip.show(this.#pointer, aboutRun(model, row, varying(model)));
    else tooltip.hide();
    if (row >= 0 || model.highlightSource === SOURCE) model.setHighlight(row, SOURCE);
    this.stage.classList.toggle("is-on-run", row >= 0);
  }

  #pick() {
    if (!this.#pointer || !this.scene) return -1;
    const box = this.picture.getBoundingClientRect();
    const { windowX, windowY } = this.#pointer;
    return nearestLine(this.scene, windowX - box.left, windowY - box.top);
  }

  #click(event) {
    if (this.frame.tookPress()) return;
    this.#point(event);
    const row = this.#axes.length > 1 ? this.#pick() : -1;
    if (row >= 0) this.onOpen(row);
  }
}

/** The bar above the parallel coordinates: what the colours mean, and which runs are drawn. */
class Bar {
  #text = h("span.cut");
  #note = h("span.note");
  #legend = h("span.row.push");

  constructor({ onToggle, onClear }) {
    this.toggle = checkbox(this.#text, onToggle, { isOn: true });
    this.clear = button("small", "Clear brushes", onClear);
    this.element = h("div.plot-bar.row", this.toggle, this.clear, this.#note, this.#legend);
  }

  update({ metric, isDark, hasBrush, message }) {
    setText(this.#text, `${count(metric?.missing ?? 0)} without ${metric?.name}`);
    setShown(this.toggle, metric?.missing);
    setShown(this.clear, hasBrush);
    setText(this.#note, message);
    setShown(this.#legend, metric);
    if (metric) fill(this.#legend, legendParts(metric, isDark));
  }
}

// The ends are those of the metric's axis, the best on the right.
function legendParts(axis, isDark) {
  const { name, scale } = axis;
  if (axis.isFlat) return [h("b.cut", name), h("span", `all ${compact(scale.valueAt(0.5))}`)];
  const label = (end) => axis.clips.find(({ at }) => at === end)?.label;
  const ends = [0, 1].map((end) => label(end) ?? compact(scale.valueAt(end), 3));
  if (axis.goal !== "maximize") ends.reverse();
  const colours = STOPS.map((share) => rampColour(share, isDark));
  return [h("span", ends[0]), ramp(colours), h("span", `${ends[1]} (best)`), h("b.cut", name)];
}
