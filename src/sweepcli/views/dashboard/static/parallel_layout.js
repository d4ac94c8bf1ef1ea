// Where things are in the parallel coordinates: axes side by side, titles above, runs without a value below.

import { NONE } from "./parallel_axes.js";

const LEAST_GAP = 84; // pixels between axes, below which the plot scrolls sideways
const LAST_ROOM = 132; // for the labels and the title of the last axis
const LEFT = 26;
const TITLES = 56;
const NONE_BELOW = 20;

/** Return the width that some axes need at least. */
export function neededWidth(count) {
  return LEFT + Math.max(0, count - 1) * LEAST_GAP + LAST_ROOM;
}

/** Return the places of some axes in a box. The labels of an axis are on its right. */
export function layoutOf(axes, width, height) {
  const gap = axes.length > 1 ? (width - LEFT - LAST_ROOM) / (axes.length - 1) : LAST_ROOM;
  const hasNone = axes.some((axis) => axis.missing);
  const bottom = height - (hasNone ? NONE_BELOW + 14 : 14);
  const xs = axes.map((_, index) => LEFT + index * gap);
  return { width, height, gap, xs, top: TITLES, bottom, noneAt: bottom + NONE_BELOW };
}

/** Return the height of a share in a layout. */
export function heightOf(share, { top, bottom, noneAt }) {
  return share < 0 ? noneAt : bottom - share * (bottom - top);
}

/** Return the share at a height. */
export function shareOf(y, { top, bottom, noneAt }) {
  return y > (bottom + noneAt) / 2 ? NONE : Math.max(0, (bottom - y) / (bottom - top));
}

/** Return the height of every run on an axis. */
export function heightsOf(axis, layout) {
  const { shares } = axis;
  const heights = new Float32Array(shares.length);
  for (let row = 0; row < shares.length; row += 1) heights[row] = heightOf(shares[row], layout);
  return heights;
}
