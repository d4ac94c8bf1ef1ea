// Parallel coordinates: every run a line through its parameters to its metric, in the colour of how good it is.

import { brushFilter, rescaled } from "./axis_brush.js";
import { moved } from "./axis_order.js";
import { FONT, readTheme, watchSize } from "./canvas.js";
import { BUCKETS, rampBuckets } from "./colour.js";
import { fill, h, oncePerFrame } from "./dom.js";
import { count, many } from "./format.js";
import { NO_BUCKET, bucketsOf, metricAxis, metricKey, objectiveAxis, parameterAxis, varying } from "./parallel_axes.js";
import { parallelBar } from "./parallel_bar.js";
import { Frame } from "./parallel_frame.js";
import { heightsOf, layoutOf, neededWidth } from "./parallel_layout.js";
import { Lines, drawingOrder } from "./parallel_lines.js";
import { Overlay } from "./parallel_overlay.js";
import { nearestLine } from "./parallel_picking.js";
import { onTheme } from "./theme.js";
import { Tooltip, aboutRun } from "./tooltip.js";

const SOURCE = "parallel";

/** Draw the runs of a model as parallel coordinates in a container; `onOpen(row)` hears of clicks. */
export function parallel(container, model, options = {}) {
  return new Parallel(container, model, options);
}

class Parallel {
  #kinds = new Map(); // key -> the scale that a person chose
  #brushes = new Map(); // key -> [low, high] as shares
  #keys = [];
  #axes = [];
  #pending = new Set(["data"]);
  #showsValueless = true;
  #pointer = null;

  constructor(container, model, options) {
    Object.assign(this, { container, model, options, theme: readTheme() });
    this.#build();
    this.flush = oncePerFrame(() => this.#flush());
    this.hover = oncePerFrame(() => this.#hover());
    const ask = (what) => () => {
      this.#pending.add(what);
      this.flush();
    };
    this.offs = [
      ...["data", "sweep", "visible", "highlight", "selection"].map((name) => model.on(name, ask(name))),
      onTheme(ask("theme")),
      watchSize(this.scroller, ask("size")),
    ];
  }

  #build() {
    this.bar = parallelBar({ onToggle: (isShown) => this.#toggle(isShown), onClear: () => this.#clear() });
    this.picture = h("div", { class: "parallel-picture", role: "img" });
    this.message = h("p", { class: "plot-empty" });
    this.stage = h("div", { class: "parallel-stage" }, this.picture, this.message);
    this.scroller = h("div", { class: "parallel-scroll" }, this.stage);
    this.lines = new Lines(this.picture, (script) => this.#drawn(script));
    this.overlay = new Overlay(this.picture);
    this.frame = new Frame(this.stage, {
      onBrush: (axis, brush) => this.#brush(axis, brush),
      onScale: (axis, kind) => this.#rescale(axis, kind),
      onMove: (axis, place) => this.#move(axis, place),
      onSettled: () => this.#ask("data"),
    });
    this.tooltip = new Tooltip();
    this.measure = document.createElement("canvas").getContext("2d");
    this.measure.font = FONT;
    this.stage.addEventListener("pointermove", (event) => this.#point(event));
    this.stage.addEventListener("pointerleave", () => this.#point(null));
    this.stage.addEventListener("click", (event) => this.#click(event));
    this.container.classList.add("plot-column");
    fill(this.container, this.bar.element, this.scroller);
  }

  destroy() {
    for (const off of this.offs) off();
    this.flush.cancel();
    this.hover.cancel();
    this.lines.destroy();
    this.tooltip.destroy();
    this.container.replaceChildren();
    delete this.container.dataset.drawn;
  }

  #ask(what) {
    this.#pending.add(what);
    this.flush();
  }

  #flush() {
    if (!this.scroller.clientWidth) return; // not in sight: a change of size follows when it is
    const pending = this.#pending;
    this.#pending = new Set();
    let isNew = ["data", "theme", "size"].some((what) => pending.has(what)) || (pending.has("sweep") && this.#sweepChanged());
    if (pending.has("theme")) this.theme = readTheme();
    if (isNew && this.frame.isBusy) {
      this.#pending.add("data"); // axes do not change under a drag
      isNew = false;
    }
    this.#dropBrushes();
    if (isNew) this.#rebuild();
    if (isNew || pending.has("visible")) this.#redraw(pending.has("theme"));
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
    for (const key of this.#brushes.keys()) if (!this.model.brushes.has(key)) this.#brushes.delete(key);
    if (!this.frame.isBusy) this.frame.paintBrushes();
  }

  #rebuild() {
    const { model } = this;
    const before = new Map(this.#axes.map((axis) => [axis.key, axis]));
    const made = varying(model).map((each) => parameterAxis(model, each, this.#kinds.get(each.name)));
    if (model.metric) made.push(metricAxis(model, this.#kinds.get(metricKey(model))));
    else made.push(...model.sweep.metrics.map((each) => objectiveAxis(model, each, this.#kinds.get(metricKey(model, each)))));
    this.#sort(made);
    this.metric = made.find((axis) => axis.isMetric) ?? null;
    this.buckets = bucketsOf(this.metric, model.n);
    this.#place();
    for (const axis of made) this.#carryBrush(axis, before.get(axis.key));
    this.frame.show(this.#axes, this.layout, this.#brushes, this.measure);
  }

  /** Keep the order that a person gave; the metric is last at first. */
  #sort(made) {
    const keys = made.map((axis) => axis.key);
    const isSame = keys.length === this.#keys.length && keys.every((key) => this.#keys.includes(key));
    if (!isSame) this.#keys = keys;
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

  #redraw(isRecoloured) {
    const { model, layout, ys, buckets, theme } = this;
    delete this.container.dataset.drawn;
    const isShown = (row) => model.visible[row] === 1 && (this.#showsValueless || buckets[row] !== NO_BUCKET);
    const order = drawingOrder(buckets, isShown);
    const best = model.best >= 0 && model.visible[model.best] ? model.best : -1;
    const colours = this.metric ? rampBuckets(theme.isDark) : new Array(BUCKETS).fill(theme.accent);
    const paints = { colours, grey: theme.faint, ghost: theme.ghost, halo: theme.panel };
    this.scene = { xs: layout.xs, ys, order, buckets, best, ...paints };
    const isDrawable = this.#axes.length > 1;
    this.lines.draw(isDrawable ? this.scene : { ...this.scene, order: new Uint32Array(0), best: -1 }, { isFresh: this.isFresh || isRecoloured });
    this.lines.showGhosts(this.scene, isDrawable && model.visible.includes(0));
    this.isFresh = false;
    this.#describe(order.length);
  }

  #describe(drawn) {
    const { model, metric } = this;
    const message = this.#emptyText();
    this.message.textContent = message;
    this.message.hidden = !message;
    const hasValues = metric && metric.missing < model.n;
    const isDrawn = this.#axes.length > 1;
    const hint = metric && model.n && !hasValues ? `No run has logged ${metric.name} yet.` : "Drag along an axis to filter, drag a title to move it.";
    this.bar.update({
      metric: hasValues && isDrawn ? metric : null,
      valueless: isDrawn ? (metric?.missing ?? 0) : 0,
      isDark: this.theme.isDark,
      hasBrush: this.#brushes.size > 0,
      message: isDrawn ? hint : "",
    });
    const through = this.#axes.map((axis) => axis.name).join(", ");
    this.picture.setAttribute("aria-label", `Parallel coordinates: ${count(drawn)} of ${many(model.n, "run")}, each a line through ${through}.`);
  }

  #emptyText() {
    if (this.#axes.length < 2) return "No parameter varies in this sweep, so there is nothing to compare.";
    return this.model.n ? "" : "No run yet. Each run will be a line from axis to axis.";
  }

  #drawn(script) {
    this.script = script;
    this.container.dataset.drawn = String(this.model.n);
    performance.clearMarks("parallel-drawn");
    performance.mark("parallel-drawn", { detail: script });
  }

  #brush(axis, brush) {
    if (brush) this.#brushes.set(axis.key, brush);
    else if (!this.#brushes.delete(axis.key)) return;
    this.frame.paintBrush(axis);
    const { predicate, label } = brush ? brushFilter(this.model, axis, brush) : { predicate: null, label: "" };
    this.model.setBrush(axis.key, predicate, label);
  }

  #clear() {
    for (const axis of this.#axes) this.#brush(axis, null);
  }

  #rescale(axis, kind) {
    this.#kinds.set(axis.key, kind);
    this.#ask("data");
  }

  #move(axis, place) {
    this.#keys = moved(this.#keys, axis.key, place);
    this.#ask("data");
  }

  #toggle(isShown) {
    this.#showsValueless = isShown;
    this.#ask("visible");
  }

  #point(event) {
    this.#pointer = event && { x: event.clientX, y: event.clientY, isTitle: event.target.closest(".axis-title") !== null };
    this.hover();
  }

  #hover() {
    const { model, tooltip } = this;
    const row = this.#pointer && !this.#pointer.isTitle && !this.frame.isBusy && this.scene ? this.#pick() : -1;
    if (row >= 0) tooltip.show(this.#pointer.x, this.#pointer.y, aboutRun(model, row, varying(model)));
    else tooltip.hide();
    if (row >= 0 || model.highlightSource === SOURCE) model.setHighlight(row, SOURCE);
    this.stage.classList.toggle("is-on-run", row >= 0);
  }

  #pick() {
    const box = this.picture.getBoundingClientRect();
    return nearestLine(this.scene, this.#pointer.x - box.left, this.#pointer.y - box.top);
  }

  #click(event) {
    if (this.frame.tookPress() || event.target.closest(".axis-title")) return;
    this.#point(event);
    const row = this.scene && this.#axes.length > 1 ? this.#pick() : -1;
    if (row >= 0) this.options.onOpen?.(row);
  }
}
