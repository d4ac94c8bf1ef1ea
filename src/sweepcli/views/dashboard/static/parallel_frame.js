// The frame of the parallel coordinates: axes, titles, brushes, and what mouse and keys do to them.

import { FONT, fitted } from "./canvas.js";
import { button, h, oncePerFrame, setAttributes, svg } from "./dom.js";
import { heightOf, NONE, ticksOf } from "./parallel_axes.js";
import { BrushDrag, keyed } from "./parallel_brush.js";
import { withEnds } from "./scale.js";

const STRIP = 30; // pixels around an axis that are its own
const OVERHANG = 10; // of a brush below the place of the runs without a value
const LEAST_DRAG = 4; // pixels, less is a click
const LABEL_HEIGHT = 17;
const GOALS = { minimize: ["↓", "lower is better"], maximize: ["↑", "higher is better"] };
const KEYS = "Drag, or press ← →, to move. ↑ ↓ brush (Shift resizes), Escape clears.";

/** The axes; `actions`: onBrush(axis, brush), onScale(axis, kind), onMove(axis, at), onSettled. */
export class Frame {
  #measure = document.createElement("canvas").getContext("2d"); // measures texts
  #strips = new Map(); // key -> {group, rectangle, title, handle}

  constructor(stage, actions) {
    this.actions = actions;
    this.#measure.font = FONT;
    this.drawing = svg("svg", { class: "parallel-axes", "aria-hidden": "true" });
    this.titles = h("div.parallel-titles");
    this.isBusy = false; // a drag is under way, so nothing is hovered
    stage.append(this.drawing, this.titles);
  }

  /** Show axes in a layout. What looks the same is kept, so that a click finds its target. */
  show(axes, layout, brushes) {
    Object.assign(this, { axes, layout, brushes });
    const look = JSON.stringify([layout, axes.map(lookOf)]);
    if (look === this.look) return;
    this.look = look;
    setAttributes(this.drawing, { width: layout.width, height: layout.height });
    const focused = this.#focusedKey();
    this.drawing.replaceChildren();
    this.titles.replaceChildren();
    this.#strips.clear();
    for (const [index, axis] of axes.entries()) this.#add(axis, index);
    if (focused) this.#strips.get(focused)?.handle.focus({ preventScroll: true });
  }

  #focusedKey() {
    return [...this.#strips].find(([, strip]) => strip.handle === document.activeElement)?.[0];
  }

  #add(axis, index) {
    const { xs, top, bottom, gap } = this.layout;
    const last = index === this.axes.length - 1;
    const room = last ? this.layout.width - xs[index] : gap;
    const group = axisGroup(axis, { ...this.layout, gap: room, measure: this.#measure });
    setAttributes(group, { transform: `translate(${xs[index]} 0)` });
    const length = (axis.missing ? this.layout.noneAt + OVERHANG : bottom) - top;
    const place = { x: -STRIP / 2, y: top - 4, width: STRIP, height: length + 8 };
    const strip = svg("rect", { class: "axis-strip", ...place });
    const rectangle = svg("rect", { class: "axis-brush", x: -9, width: 18, rx: 3 });
    group.append(rectangle, strip);
    this.drawing.append(group);
    const onScale = (kind) => this.actions.onScale(this.#axis(axis.key), kind);
    const { element, handle } = axisTitle(axis, onScale);
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
    strip.addEventListener("mousedown", keepFocus);
    strip.addEventListener("dblclick", () => this.actions.onBrush(this.#axis(key), null));
    handle.addEventListener("keydown", (event) => this.#press(event, this.#axis(key), index));
    const placeAt = (shift) => nearestPlace(this.layout.xs, this.layout.xs[index] + shift);
    makeDraggable(handle, {
      onShift: (shift) => this.#shift(this.#axis(key), index, shift),
      onDrop: (shift) => this.actions.onMove(this.#axis(key), placeAt(shift)),
      onEnd: () => this.#settle(this.#axis(key), index),
    });
  }

  #shift(axis, index, shift) {
    const { group, title } = this.#strips.get(axis.key);
    this.isBusy = true;
    title.classList.add("is-dragged");
    title.style.transform = `translateX(${shift}px)`;
    setAttributes(group, { transform: `translate(${this.layout.xs[index] + shift} 0)` });
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

  // Read each time, since what a brush does to the page can move the plot.
  #heightOfPointer(event) {
    return event.clientY - this.drawing.getBoundingClientRect().top;
  }

  #drag(event, axis) {
    const brush = this.brushes.get(axis.key) ?? null;
    return new BrushDrag(brush, this.#heightOfPointer(event), axis, this.layout);
  }

  // The cursor shows what a press would do.
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
    const onMove = (next) => {
      y = this.#heightOfPointer(next);
      drag.at(y);
      this.isBusy ||= drag.isDrag;
      if (drag.isDrag) apply();
    };
    const onEnd = (last) => {
      apply.cancel();
      this.isBusy = false;
      if (drag.isDrag || !last) this.actions.onBrush(axis, last ? drag.at(y) : drag.before);
    };
    handle.focus({ preventScroll: true, focusVisible: false });
    followPress(event, strip, { onMove, onEnd, handle });
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
    setAttributes(rectangle, { y, height: Math.max(2, bottom - y) });
  }

  /** Draw all brushes as they are now. */
  paintBrushes() {
    for (const axis of this.axes ?? []) this.paintBrush(axis);
  }
}

// A press would take the focus from the title.
function keepFocus(event) {
  event.preventDefault();
}

// Whether the frame has to be drawn again depends on this alone.
function lookOf({ key, scale: { kind, low, high }, missing, clips, canBeLog }) {
  return [key, kind, low, high, missing > 0, clips, canBeLog];
}

/** Return the line, the ticks and the place of the runs without a value, as a group at x = 0. */
function axisGroup(axis, { top, bottom, noneAt, gap, measure }) {
  const length = bottom - top;
  const marks = allTicks(axis, length).map(({ at, label }) => {
    const text = tickText(bottom - at * length, fitted(measure, label, gap - 16));
    if (text.textContent !== label) text.append(svg("title", {}, label));
    return [tickLine(bottom - at * length, 4), text];
  });
  const none = [tickLine(noneAt, 6), tickText(noneAt, "none", { class: "axis-none" })];
  const line = svg("line", { class: "axis-line", y1: top, y2: bottom });
  return svg("g", { class: "axis" }, line, marks, axis.missing ? none : []);
}

function tickLine(y, half) {
  return svg("line", { class: "axis-tick", x1: -half, x2: half, y1: y, y2: y });
}

function tickText(y, text, attributes = {}) {
  return svg("text", { ...attributes, x: 9, y, dy: "0.35em" }, text);
}

function allTicks(axis, length) {
  const ticks = spread(ticksOf(axis, length), length);
  return withEnds(ticks, axis.clips ?? [], LABEL_HEIGHT / length);
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

/** Return the title of an axis: a handle to move it, and a button for its scale. */
function axisTitle(axis, onScale) {
  const [arrow, meaning] = GOALS[axis.goal] ?? ["", ""];
  const title = [axis.name, meaning, KEYS].filter(Boolean).join("\n");
  const name = [h("span.cut", axis.name), arrow && ` ${arrow}`];
  const handle = button("quiet.small.axis-name", name, null, { title });
  const scale = axis.canBeLog && scaleButton(axis, onScale);
  const element = h("div.axis-title", { dataset: { axis: axis.name } }, handle, scale);
  return { element, handle };
}

function scaleButton({ name, scale: { kind } }, onScale) {
  const other = kind === "log" ? "linear" : "log";
  const title = `${kind} scale; click for ${other}`;
  const attributes = { title, "aria-label": `${name}: ${title}` };
  return button("quiet.axis-scale", kind, () => onScale(other), attributes);
}

/** Return a list with one of its items at another place. */
export function moved(items, item, place) {
  const others = items.filter((each) => each !== item);
  others.splice(Math.min(others.length, Math.max(0, place)), 0, item);
  return others;
}

/** Let a title be dragged: `onShift` and `onDrop` are called with how far, `onEnd` in any case. */
function makeDraggable(handle, { onShift, onDrop, onEnd }) {
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    let isDrag = false;
    const shiftOf = (next) => next.clientX - event.clientX;
    const onMove = (next) => {
      isDrag ||= Math.abs(shiftOf(next)) >= LEAST_DRAG;
      if (isDrag) onShift(shiftOf(next));
    };
    const end = (last) => {
      if (isDrag && last) onDrop(shiftOf(last));
      onEnd();
    };
    followPress(event, handle, { onMove, onEnd: end });
  });
}

/** Follow the pointer while it is pressed; `onEnd` is called without an event if it is canceled. */
function followPress(event, element, { onMove, onEnd, handle = element }) {
  const ending = new AbortController();
  const { signal } = ending;
  const end = (last) => {
    ending.abort();
    onEnd(last);
  };
  const onKey = (key) => {
    if (key.key !== "Escape") return;
    key.stopImmediatePropagation();
    end(null);
  };
  element.setPointerCapture(event.pointerId);
  element.addEventListener("pointermove", onMove, { signal });
  element.addEventListener("pointerup", end, { signal });
  element.addEventListener("pointercancel", () => end(null), { signal });
  handle.addEventListener("keydown", onKey, { signal });
}

function nearestPlace(places, x) {
  const distances = places.map((place) => Math.abs(place - x));
  return distances.indexOf(Math.min(...distances));
}
