// The progress of a sweep: a bar of its runs by tone, and the same in words.

import { h } from "./dom.js";
import { count } from "./format.js";
import { tone } from "./states.js";

const TONES = ["good", "warn", "bad", "busy"];
const NARROWEST = 0.6; // percent, so that one run of thousands is seen

/** Return a bar whose parts are the runs that ended well, ended badly, and run. */
export function progressBar(sweep) {
  const { states, total, done } = sweep;
  const all = Object.entries(states);
  const sum = (found) => found.reduce((runs, [, more]) => runs + more, 0);
  const whole = Math.max(total ?? 0, sum(all.filter(([state]) => TONES.includes(tone(state)))), 1);
  const parts = TONES.map((each) => {
    const runs = sum(all.filter(([state]) => tone(state) === each));
    const width = `${Math.max((100 * runs) / whole, NARROWEST)}%`;
    return runs > 0 && h("i", { dataset: { tone: each }, style: { width } });
  });
  const range = { "aria-valuemin": 0, "aria-valuemax": total, "aria-valuenow": done };
  const words = { "aria-label": "Runs done", "aria-valuetext": progressText(sweep) };
  const attributes = { role: "progressbar", ...words, ...(total === null ? {} : range) };
  return h("span.progress", attributes, parts);
}

/** Return how many runs are done, of how many. */
export function progressText({ done, total, states }) {
  const of = total === null ? `${count(done)} done` : `${count(done)} of ${count(total)}`;
  const failed = (states.failed ?? 0) + (states.crashed ?? 0);
  const others = [
    states.running && `${count(states.running)} running`,
    failed && `${count(failed)} failed`,
  ];
  return [of, ...others].filter(Boolean).join(", ");
}
