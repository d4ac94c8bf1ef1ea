// The lines of the parallel coordinates: thousands at a time, a few frames long, never a frozen page.
//
// A scene is {xs, ys, order, buckets, colours, grey, best}: where the axes are, for each axis the height
// of each run (Float32Array), and the rows to draw sorted by bucket, so that the best are on top and
// one path is enough for all the lines of a colour.

import { Layer } from "./canvas.js";
import { BUCKETS } from "./colour.js";
import { NO_BUCKET } from "./parallel_axes.js";

const LINES_A_FRAME = 2000;
const BUDGET_MS = 24; // of one frame, while a finished picture is replaced
const MOST_GHOSTS = 1500; // lines that hint at what is filtered out

/** Return the rows that are shown, worst first, and those without a value before all. */
export function drawingOrder(buckets, isShown) {
  const starts = new Uint32Array(257);
  for (let row = 0; row < buckets.length; row += 1) if (isShown(row)) starts[place(buckets[row]) + 1] += 1;
  for (let each = 1; each < starts.length; each += 1) starts[each] += starts[each - 1];
  const order = new Uint32Array(starts[256]);
  for (let row = 0; row < buckets.length; row += 1) if (isShown(row)) order[starts[place(buckets[row])]++] = row;
  return order;
}

function place(bucket) {
  return bucket === NO_BUCKET ? 0 : bucket + 1;
}

/** Add a run's line to the path of a context. */
export function trace(context, xs, ys, row) {
  context.moveTo(xs[0], ys[0][row]);
  for (let axis = 1; axis < xs.length; axis += 1) context.lineTo(xs[axis], ys[axis][row]);
}

/** The picture of all lines; a new one grows beside the old one and replaces it when it is done. */
export class Lines {
  #frame = 0;
  #isWaiting = false;
  #hasPicture = false;

  constructor(parent, onDrawn) {
    this.ghosts = new Layer(parent);
    this.ghosts.element.classList.add("plot-ghosts");
    this.shown = new Layer(parent);
    this.hidden = new Layer(parent);
    this.hidden.element.style.visibility = "hidden";
    this.onDrawn = onDrawn;
    this.script = { frames: 0, milliseconds: 0 };
  }

  resize(width, height) {
    for (const layer of [this.ghosts, this.shown, this.hidden]) layer.resize(width, height);
    this.#hasPicture = false;
  }

  /** Draw a scene; `isFresh` shows it as it grows, since what is there is no longer right. */
  draw(scene, { isFresh = false } = {}) {
    this.scene = scene;
    if (isFresh) this.#hasPicture = false;
    if (this.#frame && !isFresh && this.#hasPicture) {
      this.#isWaiting = true; // the one in work is finished first, or a moving brush would show none
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
    this.script = { frames: 0, milliseconds: 0 };
    this.#frame = requestAnimationFrame(() => this.#step(0));
  }

  #step(from) {
    const began = performance.now();
    let next = from;
    do next = this.#some(next);
    while (next < this.current.order.length && this.#hasPicture && performance.now() - began < BUDGET_MS);
    this.script.frames += 1;
    this.script.milliseconds += performance.now() - began;
    if (next < this.current.order.length) this.#frame = requestAnimationFrame(() => this.#step(next));
    else this.#finish();
  }

  #some(from) {
    const { order, buckets } = this.current;
    const end = Math.min(order.length, from + LINES_A_FRAME);
    let start = from;
    while (start < end) {
      const bucket = buckets[order[start]];
      let stop = start;
      while (stop < end && buckets[order[stop]] === bucket) stop += 1;
      this.#stroke(bucket, start, stop);
      start = stop;
    }
    return end;
  }

  #stroke(bucket, start, stop) {
    const { xs, ys, order, colours, grey } = this.current;
    const context = this.target.context;
    const look = lineLook(bucket, order.length, this.target.ratio);
    context.strokeStyle = bucket === NO_BUCKET ? grey : colours[bucket];
    context.globalAlpha = look.alpha;
    context.lineWidth = look.width;
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
    else this.onDrawn(this.script);
  }

  #strokeBest() {
    const { xs, ys, best, colours, halo } = this.current;
    if (best < 0) return;
    const context = this.target.context;
    context.globalAlpha = 1;
    context.lineJoin = "round";
    for (const [colour, width] of [[halo, 6], [colours[BUCKETS - 1], 3]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      trace(context, xs, ys, best);
      context.stroke();
    }
  }

  #swap() {
    [this.shown, this.hidden] = [this.hidden, this.shown];
    this.shown.element.style.visibility = "visible";
    this.hidden.element.style.visibility = "hidden";
  }

  /** Draw a sample of all rows faintly behind the lines, or nothing. */
  drawGhosts(scene, count) {
    this.ghosts.clear();
    const context = this.ghosts.context;
    context.strokeStyle = scene.grey;
    context.globalAlpha = 0.14;
    context.lineWidth = 1 / this.ghosts.ratio;
    context.beginPath();
    const stride = Math.max(1, Math.ceil(count / MOST_GHOSTS));
    for (let row = 0; row < count; row += stride) trace(context, scene.xs, scene.ys, row);
    context.stroke();
  }
}

// Few lines are strong. Of many, the better are the more opaque, so that they stand out of the crowd.
function lineLook(bucket, count, ratio) {
  const crowd = Math.min(1, Math.max(0, Math.log10(count / 30) / 2.5));
  const good = bucket === NO_BUCKET ? 0 : bucket / (BUCKETS - 1);
  const faintest = 0.85 - 0.63 * crowd;
  const alpha = bucket === NO_BUCKET ? faintest * 0.6 : faintest + (0.9 - faintest) * good ** 3;
  return { alpha, width: count > 1000 ? 1 / ratio : 1.75 - 0.75 * crowd };
}
