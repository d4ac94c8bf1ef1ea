// The frame of the parallel coordinates: axes, titles and brushes, and what the mouse and the keys do to them.

import { BrushDrag, keyed } from "./axis_brush.js";
import { makeDraggable } from "./axis_order.js";
import { axisGroup, axisTitle } from "./axis_view.js";
import { h, oncePerFrame } from "./dom.js";
import { NONE } from "./parallel_axes.js";
import { heightOf, shareOf } from "./parallel_layout.js";
import { place, svg } from "./svg.js";

const STRIP = 30; // pixels around an axis that are its own
const OVERHANG = 10; // of a brush below the place of those without a value

/** The axes; `actions` are onBrush(axis, brush), onScale(axis, kind), onMove(axis, place), onSettled() after a drag. */
export class Frame {
  #strips = new Map(); // key -> {group, rectangle, title, handle}

  constructor(stage, actions) {
    this.actions = actions;
    this.drawing = svg("svg", { class: "parallel-axes", "aria-hidden": "true" });
    this.titles = h("div", { class: "parallel-titles" });
    this.isBusy = false; // a drag is under way, so nothing is hovered
    stage.append(this.drawing, this.titles);
  }

  /** Show axes in a layout. Nothing is made anew while all looks the same, so that a click finds what it was meant for. */
  show(axes, layout, brushes, measure) {
    Object.assign(this, { axes, layout, brushes });
    const look = JSON.stringify([layout, axes.map(lookOf)]);
    if (look === this.look) return;
    this.look = look;
    place(this.drawing, { width: layout.width, height: layout.height });
    const focused = this.#focusedKey();
    this.drawing.replaceChildren();
    this.titles.replaceChildren();
    this.#strips.clear();
    axes.forEach((axis, index) => this.#add(axis, index, measure));
    if (focused) this.#strips.get(focused)?.handle.focus({ preventScroll: true });
  }

  #focusedKey() {
    return [...this.#strips].find(([, strip]) => strip.handle === document.activeElement)?.[0];
  }

  #add(axis, index, measure) {
    const { xs, top, bottom, gap } = this.layout;
    const last = index === this.axes.length - 1;
    const room = last ? this.layout.width - xs[index] : gap;
    const group = axisGroup(axis, { ...this.layout, gap: room, measure });
    place(group, { transform: `translate(${xs[index]} 0)` });
    const length = (axis.missing ? this.layout.noneAt + OVERHANG : bottom) - top;
    const strip = svg("rect", { class: "axis-strip", x: -STRIP / 2, y: top - 4, width: STRIP, height: length + 8 });
    const rectangle = svg("rect", { class: "axis-brush", x: -9, width: 18, rx: 3 });
    group.append(rectangle, strip);
    this.drawing.append(group);
    const { element, handle } = axisTitle(axis, { onScale: (kind) => this.actions.onScale(this.#axis(axis.key), kind) });
    element.style.left = `${xs[index] - 8}px`;
    element.style.maxWidth = `${room - 6}px`;
    this.titles.append(element);
    this.#strips.set(axis.key, { group, rectangle, title: element, handle, strip });
    this.#listen(axis.key, index);
    this.paintBrush(axis);
  }

  // Axes are replaced when runs come, so what listens asks for the one of now.
  #axis(key) {
    return this.axes.find((axis) => axis.key === key);
  }

  #listen(key, index) {
    const { strip, handle } = this.#strips.get(key);
    strip.addEventListener("pointerdown", (event) => this.#brush(event, this.#axis(key)));
    strip.addEventListener("pointermove", (event) => this.#point(event, this.#axis(key)));
    strip.addEventListener("mousedown", (event) => event.preventDefault()); // would take the focus from the title
    strip.addEventListener("dblclick", () => this.actions.onBrush(this.#axis(key), null));
    handle.addEventListener("keydown", (event) => this.#press(event, this.#axis(key), index));
    makeDraggable(handle, {
      places: () => this.layout.xs,
      index,
      onShift: (shift) => this.#shift(this.#axis(key), index, shift),
      onMove: (target) => this.actions.onMove(this.#axis(key), target),
      onEnd: () => this.#settle(this.#axis(key), index),
    });
  }

  #shift(axis, index, shift) {
    const { group, title } = this.#strips.get(axis.key);
    this.isBusy = true;
    title.classList.add("is-dragged");
    title.style.transform = `translateX(${shift}px)`;
    place(group, { transform: `translate(${this.layout.xs[index] + shift} 0)` });
  }

  #settle(axis, index) {
    if (!this.isBusy) return;
    this.#shift(axis, index, 0);
    this.#strips.get(axis.key).title.classList.remove("is-dragged");
    this.isBusy = false;
    this.actions.onSettled();
  }

  #press(event, axis, index) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const brush = this.brushes.get(axis.key) ?? null;
    if (step) this.actions.onMove(axis, index + step);
    else if (event.key === "Escape" && brush) this.actions.onBrush(axis, null);
    else {
      const next = keyed(brush, event, axis.scale);
      if (!next) return;
      this.actions.onBrush(axis, next);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  // Asked anew each time, since what a brush does to the page can move the plot.
  #heightOfPointer(event) {
    return event.clientY - this.drawing.getBoundingClientRect().top;
  }

  #drag(event, axis) {
    const { layout } = this;
    const y = this.#heightOfPointer(event);
    const measures = { share: (at) => shareOf(at, layout), height: (share) => heightOf(share, layout) };
    return new BrushDrag(this.brushes.get(axis.key) ?? null, y, { ...measures, scale: axis.scale, hasMissing: axis.missing > 0 });
  }

  // The cursor tells what a press would do.
  #point(event, axis) {
    if (this.isBusy) return;
    const { mode } = this.#drag(event, axis);
    const cursors = { high: "ns-resize", low: "ns-resize", move: "grab", new: "crosshair" };
    this.#strips.get(axis.key).strip.style.cursor = cursors[mode];
  }

  #brush(event, axis) {
    if (event.button !== 0) return;
    const { strip, handle } = this.#strips.get(axis.key);
    const drag = this.#drag(event, axis);
    let y = this.#heightOfPointer(event);
    const apply = oncePerFrame(() => this.actions.onBrush(axis, drag.at(y)));
    const ending = new AbortController();
    const end = (isKept) => {
      ending.abort();
      apply.cancel();
      this.isBusy = false;
      if (drag.isDrag || !isKept) this.actions.onBrush(axis, isKept ? drag.at(y) : drag.before);
    };
    const listen = (target, name, listener) => target.addEventListener(name, listener, { signal: ending.signal });
    strip.setPointerCapture(event.pointerId);
    handle.focus({ preventScroll: true, focusVisible: false });
    listen(strip, "pointermove", (next) => {
      y = this.#heightOfPointer(next);
      drag.at(y);
      this.isBusy ||= drag.isDrag;
      if (drag.isDrag) apply();
    });
    listen(strip, "pointerup", () => end(true));
    listen(strip, "pointercancel", () => end(false));
    listen(handle, "keydown", (key) => key.key === "Escape" && (key.stopImmediatePropagation(), end(false)));
    this.wasDrag = () => drag.isDrag || drag.before !== null;
  }

  /** Whether the press that a click ends was about a brush, so that it opens no run. */
  tookPress() {
    const took = this.wasDrag?.() ?? false;
    this.wasDrag = null;
    return took;
  }

  /** Draw the brush of an axis as it is now. */
  paintBrush(axis) {
    const { rectangle } = this.#strips.get(axis.key) ?? {};
    if (!rectangle) return;
    const brush = this.brushes.get(axis.key);
    rectangle.classList.toggle("is-set", Boolean(brush));
    if (!brush) return;
    const [low, high] = brush;
    const bottom = heightOf(low, this.layout) + (low === NONE ? OVERHANG : 0);
    const y = heightOf(high, this.layout) - (high === NONE ? OVERHANG : 0);
    place(rectangle, { y, height: Math.max(2, bottom - y) });
  }

  /** Draw all brushes as they are now. */
  paintBrushes() {
    for (const axis of this.axes ?? []) this.paintBrush(axis);
  }
}

// Whether the frame has to be made anew depends on this alone.
function lookOf({ key, scale: { kind, low, high }, missing, clips, canBeLog }) {
  return [key, kind, low, high, missing > 0, clips, canBeLog];
}
