// A brush: the part of one axis that runs must lie on, made with the mouse or the arrow keys.
//
// It is kept as a pair of shares of the axis. Below 0 is the place of the runs that have no value.

import { heightOf, NONE, shareOf } from "./parallel_axes.js";
import { compact } from "./ticks.js";

const GRIP = 7; // pixels at each end that resize
const LEAST = 3; // pixels of a drag, less is a click
const STEP = 0.05; // of the axis, for a press of a key
const NAMED = 3; // choices that a label names

/** Return a predicate over rows and a label for people, for a brush on an axis. */
export function brushFilter(model, axis, [low, high]) {
  const { scale, column } = axis;
  const predicate = (row) => {
    const share = scale.at(model.column(column)[row]); // rows come and change
    return Number.isNaN(share) ? low < 0 : share >= low && share <= high;
  };
  return { predicate, label: described(axis, low, high) };
}

function described(axis, low, high) {
  if (high < 0) return "none";
  const [from, to] = [Math.max(0, low), high];
  const inside =
    axis.scale.kind === "choice" ? named(axis.scale, from, to) : interval(axis, from, to);
  return low < 0 && axis.missing ? `${inside} or none` : inside;
}

function interval(axis, from, to) {
  return [from, to].map((share) => compact(axis.scale.valueAt(share), 3)).join(" – ");
}

function named(scale, from, to) {
  const labels = scale
    .ticks()
    .filter(({ at }) => at >= from && at <= to)
    .map(({ label }) => label);
  const more = labels.length - NAMED;
  return labels.slice(0, NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Return a brush on another scale of the same axis, around the same values. */
export function rescaled(brush, before, after) {
  if (before.kind === "choice" || after.kind === "choice") return brush;
  return brush.map((share) =>
    share <= 0 || share === 1 ? share : after.at(before.valueAt(share)),
  );
}

/** Return a brush that a key has made, moved or resized by a step; null for other keys. */
export function keyed(brush, event, scale) {
  const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!direction) return null;
  const step = direction * (scale.kind === "choice" ? 1 / scale.high : STEP);
  if (!brush) return direction > 0 ? [1 - Math.abs(step), 1] : [0, Math.abs(step)];
  const [low, high] = [Math.max(0, brush[0]), brush[1]];
  if (event.shiftKey) return [low, Math.min(1, Math.max(low + Math.abs(step) / 2, high + step))];
  const shift = Math.min(1 - high, Math.max(-low, step));
  return [low + shift, high + shift];
}

/** A drag along one axis in a layout, from a height on. */
export class BrushDrag {
  constructor(brush, y, axis, layout) {
    Object.assign(this, { before: brush, startY: y, scale: axis.scale, layout });
    this.floor = axis.missing ? NONE : 0;
    this.start = this.#bounded(this.#share(y));
    this.mode = brush ? this.#grabbed(brush, y) : "new";
    this.isDrag = false;
  }

  #share(y) {
    return shareOf(y, this.layout);
  }

  #grabbed([low, high], y) {
    const [bottom, top] = [heightOf(low, this.layout), heightOf(high, this.layout)];
    const grip = Math.min(GRIP, Math.max(2, (bottom - top) / 3));
    if (Math.abs(y - top) <= grip) return "high";
    if (Math.abs(y - bottom) <= grip) return "low";
    return y > top && y < bottom ? "move" : "new";
  }

  /** Return the brush for the height that the pointer is at now. */
  at(y) {
    if (Math.abs(y - this.startY) >= LEAST) this.isDrag = true;
    if (!this.isDrag) return this.before;
    return this.#snapped(this.#raw(y));
  }

  #raw(y) {
    const now = this.#bounded(this.#share(y));
    if (this.mode === "new") return sorted(this.start, now);
    const [low, high] = this.before;
    if (this.mode === "high") return sorted(low, now);
    if (this.mode === "low") return sorted(now, high);
    const floor = Math.max(0, low);
    const shift = Math.min(1 - high, Math.max(-floor, this.#share(y) - this.#share(this.startY)));
    return [floor + shift, high + shift];
  }

  // A brush over choices takes whole ones.
  #snapped(brush) {
    if (this.scale.kind !== "choice") return brush;
    const count = this.scale.high;
    if (this.mode === "move") return brush.map((share) => Math.round(share * count) / count);
    const [low, high] = brush;
    return [
      low < 0 ? low : Math.floor(low * count + 1e-6) / count,
      high < 0 ? high : Math.ceil(high * count - 1e-6) / count,
    ];
  }

  #bounded(share) {
    return share < 0 ? (share <= NONE ? this.floor : 0) : Math.min(1, share);
  }
}

function sorted(one, other) {
  return one < other ? [one, other] : [other, one];
}
