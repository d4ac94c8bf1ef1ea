// A plane: the frame of a plot with an x and a y axis, on canvases for grid, marks and highlights.

import { fitted, Layer } from "./canvas.js";
import { h } from "./dom.js";
import { withEnds } from "./scale.js";

const TOP = 10;
const RIGHT = 14;
const BELOW = 24;
const NAME_HEIGHT = 17;
const WIDEST_LABEL = 80;
const MOST_TICKS = 14;
const END_ROOM = 0.09; // of the y axis, without other labels beside a clipped end
const SMALL = 260; // pixels, below which short labels move together
const TICK_ROOM = 60; // pixels of the x axis for each label

/** The frame of a plot; marks are placed by shares of its axes. */
export class Plane {
  constructor(parent, { baseline = 0 } = {}) {
    this.picture = h("div.plane", { role: "img" });
    this.baseline = baseline; // pixels kept free below, for marks that have no y
    this.back = new Layer(this.picture);
    this.marks = new Layer(this.picture);
    this.over = new Layer(this.picture);
    parent.append(this.picture);
  }

  /** Take the size of the picture. */
  resize() {
    const { clientWidth: width, clientHeight: height } = this.picture;
    Object.assign(this, { width, height });
    for (const layer of [this.back, this.marks, this.over]) layer.resize(width, height);
  }

  /** Draw the frame for two scales; names of axes are optional. */
  frame({ x, y, xName = "", ends = [] }, theme) {
    const context = this.back.context;
    const yTicks = withEnds(y.ticks(Math.max(2, Math.round(this.height / 46))), ends, END_ROOM);
    const widest = Math.max(0, ...yTicks.map(({ label }) => context.measureText(label).width));
    const left = Math.ceil(Math.min(WIDEST_LABEL, widest)) + 12;
    Object.assign(this, { x, y, left, right: this.width - RIGHT, top: TOP });
    this.bottom = this.height - BELOW - (xName ? NAME_HEIGHT : 0) - this.baseline;
    this.back.clear();
    context.lineWidth = 1;
    this.#drawY(yTicks, theme);
    this.#drawX(theme, xName);
  }

  #drawY(ticks, theme) {
    const { context } = this.back;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const { at, label } of ticks) {
      const y = Math.round(this.yOf(at)) + 0.5;
      this.#line(theme.line, this.left, y, this.right, y);
      context.fillStyle = theme.muted;
      context.fillText(fitted(context, label, WIDEST_LABEL), this.left - 8, y);
    }
  }

  #drawX(theme, xName) {
    const { context } = this.back;
    const floor = this.bottom + this.baseline;
    context.textBaseline = "top";
    let end = -Infinity;
    for (const { at, label, room } of this.#xTicks()) {
      const x = Math.round(this.xOf(at)) + 0.5;
      this.#line(theme.line, x, this.top, x, floor + 4);
      context.fillStyle = theme.muted;
      end = this.#label(fitted(context, label, room), x, floor + 7, end);
    }
    context.textAlign = "right";
    if (xName) context.fillText(xName, this.right, floor + 7 + NAME_HEIGHT);
    this.#line(theme.muted, this.left, floor + 0.5, this.right, floor + 0.5);
  }

  // A label at an end is moved in rather than cut. Returns where the last one that is drawn ends.
  #label(text, x, y, end) {
    const { context } = this.back;
    const { width } = context.measureText(text);
    const start = Math.min(this.width - width - 1, Math.max(1, x - width / 2));
    if (start < end + 5) return end;
    context.textAlign = "left";
    context.fillText(text, start, y);
    return start + width;
  }

  #xTicks() {
    const width = this.right - this.left;
    const { x } = this;
    const room = x.isWhole && x.high < 1000 && width < SMALL ? TICK_ROOM / 2 : TICK_ROOM;
    const count = Math.min(MOST_TICKS, width / room, x.isWhole ? x.high - x.low : Infinity);
    const ticks = x.ticks(Math.max(1, count)).map((tick) => ({ ...tick, room: WIDEST_LABEL }));
    if (x.kind !== "choice") return ticks;
    const stride = Math.ceil((ticks.length * TICK_ROOM) / width);
    const wide = (width / ticks.length) * stride - 6;
    const shown = ticks.filter((_, index) => index % stride === 0);
    return shown.map((tick) => ({ ...tick, room: wide }));
  }

  #line(colour, fromX, fromY, toX, toY) {
    const { context } = this.back;
    context.strokeStyle = colour;
    context.beginPath();
    context.moveTo(fromX, fromY);
    context.lineTo(toX, toY);
    context.stroke();
  }

  xOf(share) {
    return this.left + share * (this.right - this.left);
  }

  yOf(share) {
    return this.bottom - share * (this.bottom - this.top);
  }

  /** Return where the pointer is, in the picture and in the window. */
  pointer(event) {
    const box = this.picture.getBoundingClientRect();
    const [windowX, windowY] = [event.clientX, event.clientY];
    return { x: windowX - box.left, y: windowY - box.top, windowX, windowY };
  }
}
