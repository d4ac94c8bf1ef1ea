// The metric as a y axis, as the plots in a plane share it.

import { beyond, bulk, extent, numberScale, padded } from "./scale.js";
import { compact } from "./ticks.js";

const MARGIN = 0.04;

/** Return {scale, ends, canBeLog} for the metric's values, or null where no run has one; `room` is a share beyond the best. */
export function metricScale(values, goal, isLog, room = MARGIN) {
  const all = extent(values);
  if (!all) return null;
  const canBeLog = all[0] > 0;
  const kind = isLog && canBeLog ? "log" : "linear";
  const margins = goal === "maximize" ? [MARGIN, room] : [room, MARGIN];
  const scale = numberScale(kind, padded(kind, kind === "log" ? all : bulk(values, goal), ...margins));
  const cut = beyond(values, scale);
  const ends = { low: cut.low && `≤ ${compact(scale.low, 3)}`, high: cut.high && `≥ ${compact(scale.high, 3)}` };
  return { scale, ends, canBeLog };
}

/** Return the share of each value, NaN where there is none. */
export function sharesOf(values, scale) {
  return Float32Array.from(values, scale.at);
}
