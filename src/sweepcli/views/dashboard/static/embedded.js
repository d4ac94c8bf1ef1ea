// A page that was exported carries its data with it, and asks no server.

import { matching } from "./expression.js";

const element = document.getElementById("sweepcli-data");

/** The data of an exported page, or null where a server answers. */
export const embedded = element ? JSON.parse(element.textContent) : null;

/** Return what a server would have answered. */
export const answers = {
  sweeps: () => ({ sweeps: [embedded.sweep], results: "" }),
  sweep: () => embedded.sweep,
  runs: () => ({ ...embedded.runs, full: true }),
  importance: () => embedded.importance,
  matching: (expression) => ({ numbers: matching(expression, embedded.runs.columns) }),
  curves: (ids, key) => curvesOf(ids, key),
};

function curvesOf(ids, key) {
  const { key: own, keys = [], curves = {} } = embedded.curves ?? {};
  const wanted = key === null || key === own ? ids.filter((id) => id in curves) : [];
  return { key: key ?? own, keys, curves: Object.fromEntries(wanted.map((id) => [id, curves[id]])) };
}
