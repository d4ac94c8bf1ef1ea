// The best so far, run by run, and the unit in which a time is told.

const UNITS = [
  { seconds: 86_400, name: "days" },
  { seconds: 3_600, name: "hours" },
  { seconds: 60, name: "minutes" },
];

/** Return the rows that were the best when they came, in the order of x. */
export function bestSoFar(places, values, goal) {
  const rows = [];
  for (let row = 0; row < values.length; row += 1) if (Number.isFinite(values[row]) && places[row] !== null) rows.push(row);
  rows.sort((one, other) => places[one] - places[other]);
  const isBetter = goal === "maximize" ? (one, other) => one > other : (one, other) => one < other;
  const best = [];
  for (const row of rows) if (!best.length || isBetter(values[row], values[best[best.length - 1]])) best.push(row);
  return best;
}

/** Return the largest unit of which a length of time has at least two. */
export function timeUnit(seconds) {
  return UNITS.find((unit) => seconds >= 2 * unit.seconds) ?? { seconds: 1, name: "seconds" };
}
