// Which run is under the pointer: the line that is nearest, exactly, among those that are drawn.

const REACH = 9; // pixels

/** Return the row whose line passes nearest to a point, or -1 if none is near. The top one wins a tie. */
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
