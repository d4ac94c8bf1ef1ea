// Runs as points in a plane: drawing thousands, and finding the one under the pointer.

import { dot } from "./canvas.js";
import { oncePerFrame } from "./dom.js";
import { varying } from "./parallel_axes.js";
import { Plane } from "./plane.js";
import { aboutRun } from "./tooltip.js";

const REACH = 14; // pixels
const MANY = 3000; // points, from which they are squares
const PASSES = 7;
const PALE = 0.13; // of what is filtered out, the more the fainter
const FAINTEST = 0.045;

/** Points of runs; `hover` is {source, tooltip, onOpen}. */
export class Scatter {
  #pointer = null;

  constructor(parent, model, { hover, baseline = 0 }) {
    Object.assign(this, { model, hover });
    this.plane = new Plane(parent, { baseline });
    this.look = oncePerFrame(() => this.#look());
    const { picture } = this.plane;
    picture.addEventListener("pointermove", (event) => this.#point(event));
    picture.addEventListener("pointerleave", () => this.#point(null));
    picture.addEventListener("click", () => {
      const row = this.#nearest();
      if (row >= 0) this.hover.onOpen(row);
    });
  }

  destroy() {
    this.look.cancel();
  }

  /** Place the runs: shares of the axes for each row, NaN for one that has none. */
  place(xShares, yShares, yAt = (row) => this.plane.yOf(yShares[row])) {
    this.xs = Float32Array.from(xShares, (share) => this.plane.xOf(share));
    this.ys = this.xs.map((_, row) => yAt(row));
  }

  /** Draw all points; `groups` is the colour's index of each row, 255 for none. */
  draw(groups, colours) {
    const { context } = this.plane.marks;
    this.plane.marks.clear();
    this.groups = groups;
    const isPlaced = (row) => Number.isFinite(this.xs[row] + this.ys[row]);
    const rows = sorted(groups, colours.length, isPlaced);
    const { visible } = this.model;
    const shown = rows.filter((row) => visible[row]);
    if (shown.length < rows.length) {
      context.globalAlpha = Math.max(FAINTEST, Math.min(PALE, 400 / rows.length));
      const others = rows.filter((row) => !visible[row]);
      this.#fill(others, colours);
    }
    context.globalAlpha = strength(shown.length);
    this.#fill(shown, colours);
    context.globalAlpha = 1;
  }

  #fill(rows, colours) {
    const { context } = this.plane.marks;
    const radius = radiusOf(rows.length);
    let group = -1;
    for (const row of rows) {
      if (this.groups[row] !== group) {
        group = this.groups[row];
        context.fillStyle = colours[group];
      }
      const [x, y] = [this.xs[row], this.ys[row]];
      if (rows.length <= MANY) dot(context, x, y, radius);
      else context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
    }
  }

  /** Draw what is pointed at and what is chosen. */
  drawOver(theme) {
    const { over } = this.plane;
    const { highlighted, selected } = this.model;
    over.clear();
    if (!this.xs) return;
    for (const row of selected) this.#ring(row, theme.accent, 5, theme);
    if (highlighted >= 0) this.#ring(highlighted, theme.ink, 6, theme);
  }

  #ring(row, colour, radius, theme) {
    const [x, y] = [this.xs[row], this.ys[row]];
    if (!Number.isFinite(x + y)) return;
    const { context } = this.plane.over;
    Object.assign(context, { lineWidth: 2.5, strokeStyle: colour, fillStyle: theme.panel });
    dot(context, x, y, radius);
    context.stroke();
    context.fillStyle = colour;
    dot(context, x, y, 2.5);
  }

  #point(event) {
    this.#pointer = event && this.plane.pointer(event);
    this.look();
  }

  #look() {
    const { model, hover } = this;
    const row = this.#nearest();
    this.plane.picture.classList.toggle("is-on-run", row >= 0);
    if (row >= 0) hover.tooltip.show(this.#pointer, aboutRun(model, row, varying(model)));
    else hover.tooltip.hide();
    if (row >= 0 || model.highlightSource === hover.source) model.setHighlight(row, hover.source);
  }

  /** Return the drawn row that is nearest to the pointer, or -1. */
  #nearest() {
    if (!this.#pointer || !this.xs) return -1;
    const { x, y } = this.#pointer;
    const { visible } = this.model;
    let [found, least] = [-1, REACH * REACH];
    for (let row = this.xs.length - 1; row >= 0; row -= 1) {
      const squared = (this.xs[row] - x) ** 2 + (this.ys[row] - y) ** 2;
      if (squared < least && visible[row]) [found, least] = [row, squared];
    }
    return found;
  }
}

// Rows by group, so that a colour is set seldom; in passes, or the last group would hide others.
function sorted(groups, count, isTaken) {
  const passes = groups.length > MANY ? PASSES : 1;
  const rows = Array.from({ length: count * passes }, () => []);
  for (let row = 0; row < groups.length; row += 1) {
    if (groups[row] < count && isTaken(row)) rows[groups[row] + count * (row % passes)].push(row);
  }
  return rows.flat();
}

function radiusOf(count) {
  return count > 8000 ? 1 : count > MANY ? 1.25 : count > 300 ? 2.2 : 3.5;
}

function strength(count) {
  return count > 8000 ? 0.55 : count > MANY ? 0.7 : 0.8;
}
