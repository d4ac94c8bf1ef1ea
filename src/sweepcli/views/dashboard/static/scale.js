// Scales: where a value is on an axis, as a share of its length: 0 is the low end, 1 the high one.
//
// A scale is {kind, low, high, at(value), valueAt(share), ticks(count)}. `at` answers NaN
// for a value that is missing or of another type, and 0 or 1 for one that is outside.

import { exact } from "./format.js";
import { compact, linearTicks, logTicks } from "./ticks.js";

const LARGEST = Number.MAX_VALUE;
const MARGIN = 0.04; // of an axis, so that no point is on the frame
const FAR = 6; // spreads of the middle half beyond which a value is an outlier
const FEW = 12; // runs among which there are no outliers
const INFINITIES = ["Infinity", "-Infinity"];

/** Return a value as a number, NaN if it is none. JSON writes the infinities as words. */
export function numeric(value) {
  if (typeof value === "number") return value;
  return INFINITIES.includes(value) ? Number(value) : NaN;
}

/** Return the smallest and the largest finite number, or null if there is none. */
export function extent(values, isTaken = Number.isFinite) {
  let [low, high] = [Infinity, -Infinity];
  for (const each of values) {
    const value = numeric(each);
    if (!isTaken(value) || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

/** Return ticks for the ends of a scale beyond which values lie: {at, label}. */
export function clippedEnds(values, { low, high }) {
  const numbers = Float64Array.from(values, numeric);
  const ends = [];
  if (numbers.some((value) => value < low)) ends.push({ at: 0, label: `≤ ${compact(low, 3)}` });
  if (numbers.some((value) => value > high)) ends.push({ at: 1, label: `≥ ${compact(high, 3)}` });
  return ends;
}

/** Return ticks and the clipped ends, without the ticks that are as near to an end as `room`. */
export function withEnds(ticks, ends, room) {
  const isFree = ({ at }) => ends.every((end) => Math.abs(end.at - at) > room);
  return [...ticks.filter(isFree), ...ends];
}

/** Return the extent without values far on the bad side: one diverged run flattens no others. */
export function bulk(values, goal) {
  const finite = Float64Array.from(values, numeric).filter(Number.isFinite).sort();
  if (!finite.length) return null;
  const all = [finite[0], finite[finite.length - 1]];
  const [lower, upper] = [0.25, 0.75].map(
    (share) => finite[Math.floor(share * (finite.length - 1))],
  );
  const reach = FAR * (upper - lower);
  if (finite.length < FEW || !(reach > 0) || !Number.isFinite(reach)) return all;
  if (goal !== "maximize") all[1] = finite.findLast((value) => value <= upper + reach);
  if (goal !== "minimize") all[0] = finite.find((value) => value >= lower - reach);
  return all;
}

/** Return a scale whose ends are two numbers. */
export function linearScale(low, high) {
  const [from, to] = widened(low, high);
  const half = to - from > LARGEST ? 0.5 : 1; // the length itself can be too large for a number
  const length = to * half - from * half;
  return {
    kind: "linear",
    low: from,
    high: to,
    at: (value) => clamp((numeric(value) * half - from * half) / length),
    valueAt: (share) => (from * half + share * length) / half,
    ticks(count) {
      return placed(linearTicks(from, to, count), this.at);
    },
  };
}

/** Return a scale of equal steps for equal ratios; its ends are two positive numbers. */
function logScale(low, high) {
  const [from, to] = low < high ? [low, high] : [low / 2, Math.min(high * 2, LARGEST)];
  const start = Math.log10(from);
  const length = Math.log10(to) - start;
  return {
    kind: "log",
    low: from,
    high: to,
    at: (value) => clamp((logarithm(numeric(value)) - start) / length),
    valueAt: (share) => Math.min(LARGEST, 10 ** (start + share * length)),
    ticks(count) {
      return placed(logTicks(from, to, count), this.at);
    },
  };
}

/** Return a scale with a place for each of some values of any type. */
export function choiceScale(values) {
  const places = new Map();
  const distinct = [];
  for (const value of values) {
    if (!places.has(key(value))) places.set(key(value), distinct.push(value) - 1);
  }
  const count = Math.max(1, distinct.length);
  return {
    kind: "choice",
    low: 0,
    high: count,
    values: distinct,
    at: (value) => ((places.get(key(value)) ?? NaN) + 0.5) / count,
    valueAt: (share) => distinct[Math.min(count - 1, Math.max(0, Math.floor(share * count)))],
    ticks() {
      return distinct.map((value) => ({ value, label: exact(value), at: this.at(value) }));
    },
  };
}

/** Return a linear or log scale over some values, log only where all of it is positive. */
export function numberScale(kind, [low, high]) {
  return kind === "log" && low > 0 ? logScale(low, high) : linearScale(low, high);
}

/** Return a pair of ends moved out by shares of the length, so that no point sits on the frame. */
export function padded(kind, [low, high], below = 0.04, above = below) {
  const scale = numberScale(kind, [low, high]);
  const ends = [scale.valueAt(-below), scale.valueAt(1 + above)];
  return ends.every((end) => Number.isFinite(end) && (scale.kind !== "log" || end > 0))
    ? ends
    : [scale.low, scale.high];
}

function placed(ticks, at) {
  return ticks.map((tick) => ({ ...tick, at: at(tick.value) }));
}

// What makes two choices equal. A list is another object in each row, so its text is compared.
function key(value) {
  return typeof value === "object" && value !== null ? `\0${JSON.stringify(value)}` : value;
}

function widened(low, high) {
  if (low < high) return [low, high];
  const room = Math.abs(low) * 0.05 || 1;
  return [Math.max(low - room, -LARGEST), Math.min(high + room, LARGEST)];
}

function logarithm(value) {
  return value <= 0 ? -Infinity : Math.log10(value);
}

function clamp(share) {
  return Math.min(1, Math.max(0, share));
}

/** Return {scale, ends, canBeLog} for a metric's values, or null; `room` is for beyond the best. */
export function metricScale(values, goal, isLog, room = MARGIN) {
  const all = extent(values);
  if (!all) return null;
  const canBeLog = all[0] > 0;
  const kind = isLog && canBeLog ? "log" : "linear";
  const margins = goal === "maximize" ? [MARGIN, room] : [room, MARGIN];
  const range = kind === "log" ? all : bulk(values, goal);
  const scale = numberScale(kind, padded(kind, range, ...margins));
  const ends = clippedEnds(values, scale);
  return { scale, ends, canBeLog };
}

/** Return the share of each value, NaN where there is none. */
export function sharesOf(values, scale) {
  return Float32Array.from(values, scale.at);
}
