// Colours: a ramp that also works in grey and for the colour-blind, and those of runs' states.

import { tone } from "./states.js";

const VIRIDIS = "440154 482475 414487 355f8d 2a788e 21918c 22a884 44bf70 7ad151 bddf26 fde725";
const STOPS = VIRIDIS.split(" ").map((hex) =>
  [0, 2, 4].map((from) => parseInt(hex.slice(from, from + 2), 16)),
);

/** How many colours the ramp is cut into where many lines are drawn. */
export const BUCKETS = 32;

/** How many colours tell older from newer runs. */
export const AGES = 12;

const ROLES = { idle: "idle", busy: "accent", good: "good", bad: "bad", warn: "warn" };

/** Return the colour at a share of the ramp; that of 1, the best, stands out from the page. */
export function rampColour(share, isDark) {
  const at = isDark ? 0.14 + 0.86 * share : 0.94 * (1 - share);
  const place = Math.min(1, Math.max(0, at)) * (STOPS.length - 1);
  const index = Math.min(STOPS.length - 2, Math.floor(place));
  const mixed = STOPS[index].map((from, part) =>
    Math.round(from + (STOPS[index + 1][part] - from) * (place - index)),
  );
  return `rgb(${mixed.join(" ")})`;
}

/** Return the ramp as colours of buckets, the worst first. */
export function rampBuckets(isDark) {
  return Array.from({ length: BUCKETS }, (_, bucket) => rampColour(bucket / (BUCKETS - 1), isDark));
}

/** Return the bucket of a share. */
export function bucketOf(share) {
  return Math.min(BUCKETS - 1, Math.floor(share * BUCKETS));
}

/** Return how good a place on the metric's scale is, from 0 to 1. */
export function goodness(share, goal) {
  return goal === "maximize" ? share : 1 - share;
}

/** Return the colour of a run's state in a theme. */
export function stateColour(state, theme) {
  return theme[ROLES[tone(state)]];
}
