// The lines of the parallel coordinates: thousands of them in a few frames; nothing freezes.
//
// A scene is {xs, ys, order, buckets, best, colours, grey, ghost, halo}: where the axes are, for
// each axis the height of each run (Float32Array), and the rows to draw, sorted by bucket: the best
// are on top, and one path is enough for all the lines of a colour.

import { dot, Layer, strokeEach } from "./canvas.js";
import { BUCKETS } from "./colour.js";
import { NO_BUCKET } from "./parallel_axes.js";

const PACE = { first: 2000, least: 1000, most: 10_000 }; // lines a frame
const SLOW_MS = 45; // between frames, from which on fewer lines are drawn in each
const FAST_MS = 22;
const MANY = 500; // lines, above which each is as thin as the screen allows
const FEW = 60; // lines, up to which all are strong
const MOST_GHOSTS = 1500; // lines that hint at what is filtered out
const REACH = 9; // pixels around a line in which the pointer finds it

/** Return the rows that are shown, worst first, and those without a value before all. */
export function drawingOrder(buckets, isShown) {
  const rows = new Uint32Array(buckets.length).map((_, row) => row).filter(isShown);
  // Plain numbers are sorted many times faster than by a function; modulo 2 ** 32 they are rows.
  return Uint32Array.from(rowKeys(rows, buckets).sort());
}

function rowKeys(rows, buckets) {
  const place = (bucket) => (bucket === NO_BUCKET ? 0 : bucket + 1);
  return Float64Array.from(rows, (row) => place(buckets[row]) * 2 ** 32 + row);
}

/** Add a run's line to the path of a context. */
function trace(context, xs, ys, row) {
  context.moveTo(xs[0], ys[0][row]);
  for (let axis = 1; axis < xs.length; axis += 1) context.lineTo(xs[axis], ys[axis][row]);
}

/** The picture of all lines; a new one grows beside the old one and replaces it when it is done. */
export class Lines {
  #frame = 0;
  #isWaiting = false;
  #hasPicture = false;
  #pace = PACE.first;
  #steppedAt = 0;

  constructor(parent, onDrawn) {
    this.ghosts = new Layer(parent);
    this.shown = new Layer(parent);
    this.hidden = new Layer(parent);
    this.hidden.element.style.visibility = "hidden";
    this.onDrawn = onDrawn;
  }

  resize(width, height) {
    for (const layer of [this.ghosts, this.shown, this.hidden]) layer.resize(width, height);
    this.#hasPicture = false;
  }

  /** Draw a scene; `isFresh` shows it as it grows, since what is there is no longer right. */
  draw(scene, isFresh) {
    this.scene = scene;
    if (isFresh) this.#hasPicture = false;
    if (this.#frame && !isFresh && this.#hasPicture) {
      this.#isWaiting = true; // or a moving brush would show no picture
      return;
    }
    this.#begin();
  }

  destroy() {
    cancelAnimationFrame(this.#frame);
  }

  #begin() {
    cancelAnimationFrame(this.#frame);
    this.#isWaiting = false;
    this.current = this.scene;
    this.target = this.#hasPicture ? this.hidden : this.shown;
    this.target.clear();
    this.#frame = requestAnimationFrame(() => this.#step(0));
  }

  #step(from) {
    const began = performance.now();
    if (from > 0) this.#keepPace(began - this.#steppedAt);
    this.#steppedAt = began;
    const next = this.#some(from);
    if (next >= this.current.order.length) this.#finish();
    else this.#frame = requestAnimationFrame(() => this.#step(next));
  }

  // How long the screen needs for a line is known only by how late the next frame is.
  #keepPace(elapsed) {
    const factor = elapsed > SLOW_MS ? 0.5 : elapsed < FAST_MS ? 1.5 : 1;
    this.#pace = Math.min(PACE.most, Math.max(PACE.least, Math.round(this.#pace * factor)));
  }

  #some(from) {
    const { order, buckets } = this.current;
    const end = Math.min(order.length, from + this.#pace);
    let start = from;
    while (start < end) {
      const bucket = buckets[order[start]];
      const tier = tierOf(start, order.length);
      const limit = Math.min(end, tier.until);
      let stop = start;
      while (stop < limit && buckets[order[stop]] === bucket) stop += 1;
      this.#stroke(bucket, start, stop, tier);
      start = stop;
    }
    return end;
  }

  #stroke(bucket, start, stop, { alpha }) {
    const { xs, ys, order, colours, grey } = this.current;
    const context = this.target.context;
    context.strokeStyle = bucket === NO_BUCKET ? grey : colours[bucket];
    // Grey ones are pale and opaque: where many faint ones overlap, rounding turns them dark.
    context.globalAlpha = bucket === NO_BUCKET ? 1 : alpha;
    context.lineWidth = widthOf(order.length, this.target.ratio);
    context.beginPath();
    for (let each = start; each < stop; each += 1) trace(context, xs, ys, order[each]);
    context.stroke();
  }

  #finish() {
    this.#frame = 0;
    this.#strokeBest();
    if (this.target === this.hidden) this.#swap();
    this.#hasPicture = true;
    if (this.#isWaiting) this.#begin();
    else this.onDrawn();
  }

  #strokeBest() {
    const { xs, ys, best, colours, halo } = this.current;
    if (best < 0) return;
    const context = this.target.context;
    context.globalAlpha = 1;
    const strokes = [
      [halo, 6],
      [colours[BUCKETS - 1], 3],
    ];
    strokeEach(context, strokes, () => trace(context, xs, ys, best));
  }

  #swap() {
    [this.shown, this.hidden] = [this.hidden, this.shown];
    this.shown.element.style.visibility = "visible";
    this.hidden.element.style.visibility = "hidden";
  }

  /** Show a sample of all rows faintly behind the lines; it is redrawn when lines have moved. */
  showGhosts(scene, areShown) {
    this.ghosts.element.style.visibility = areShown ? "visible" : "hidden";
    if (!areShown || this.ghostsOf === scene.ys) return;
    this.ghostsOf = scene.ys;
    this.ghosts.clear();
    const { context, ratio } = this.ghosts;
    const count = scene.ys[0].length;
    const stride = Math.max(1, Math.ceil(count / MOST_GHOSTS));
    strokeEach(context, [[scene.ghost, 1 / ratio]], () => {
      for (let row = 0; row < count; row += stride) trace(context, scene.xs, scene.ys, row);
    });
  }
}

// A line one device pixel wide is drawn many times faster than any other.
function widthOf(count, ratio) {
  return count > MANY ? 1 / ratio : 1.6;
}

// Few lines are strong. Of many, only the best few are, so that they stand out from the others.
function tierOf(index, count) {
  const crowd = Math.min(1, Math.max(0, Math.log10(count / FEW) / 2.3));
  const best = Math.floor(count - Math.max(FEW / 2, count / 300));
  const good = Math.floor(count - Math.max(FEW, count / 20));
  if (index >= best) return { alpha: 0.85, until: count };
  if (index >= good) return { alpha: 0.85 - 0.7 * crowd, until: best };
  return { alpha: 0.85 - 0.77 * crowd, until: good };
}

/** A layer of its own, so that pointing at a run redraws no other. */
export class Overlay {
  constructor(parent) {
    this.layer = new Layer(parent);
  }

  resize(width, height) {
    this.layer.resize(width, height);
  }

  /** Draw the selected runs and the highlighted one; `scene` is null where no line is drawn. */
  paint(scene, { selected, highlighted, n }, theme) {
    this.layer.clear();
    if (!scene) return;
    for (const row of selected) {
      if (row < n) this.#line(scene, row, [theme.panel, 5], [theme.accent, 2.5]);
    }
    const { xs, ys } = scene;
    if (highlighted < 0 || highlighted >= ys[0].length) return;
    this.#line(scene, highlighted, [theme.panel, 7], [theme.ink, 3]);
    this.layer.context.fillStyle = theme.ink;
    for (const [axis, x] of xs.entries()) dot(this.layer.context, x, ys[axis][highlighted], 4.5);
  }

  #line({ xs, ys }, row, ...strokes) {
    const { context } = this.layer;
    strokeEach(context, strokes, () => trace(context, xs, ys, row));
  }
}

/** Return the row whose line is nearest to a point (of equals, the top one); -1 if none is near. */
export function nearestLine({ xs, ys, order }, x, y) {
  const last = xs.length - 1;
  if (last < 1 || x < xs[0] - REACH || x > xs[last] + REACH) return -1;
  let axis = 0;
  while (axis < last - 1 && x > xs[axis + 1]) axis += 1;
  const width = xs[axis + 1] - xs[axis];
  const along = Math.min(1, Math.max(0, (x - xs[axis]) / width));
  return nearest(ys[axis], ys[axis + 1], order, { along, width, y });
}

function nearest(left, right, order, { along, width, y }) {
  let found = -1;
  let least = REACH * REACH;
  for (let each = order.length - 1; each >= 0; each -= 1) {
    const row = order[each];
    const rise = right[row] - left[row];
    const off = left[row] + rise * along - y;
    // The distance square to the line, not the one straight up: steep lines are as easy to hit.
    const squared = (off * off * width * width) / (width * width + rise * rise);
    if (squared < least) {
      least = squared;
      found = row;
    }
  }
  return found;
}
