// How far a sweep is: a bar of its runs by tone, and the same in words.

import { h } from "./dom.js";
import { count, duration } from "./format.js";
import { RUN_STATES, tone } from "./states.js";

const TONES = ["good", "warn", "bad", "busy"];

/** Return a bar whose parts are the runs that ended well, ended badly, and run. */
export function progressBar(sweep) {
  const sums = Object.fromEntries(TONES.map((each) => [each, 0]));
  for (const [state, runs] of Object.entries(sweep.states)) if (tone(state) in sums) sums[tone(state)] += runs;
  const whole = Math.max(sweep.total ?? 0, Object.values(sweep.states).reduce((sum, runs) => sum + runs, 0), 1);
  const parts = TONES.filter((each) => sums[each]).map((each) =>
    h("i", { dataset: { tone: each }, style: { width: `${Math.max((100 * sums[each]) / whole, 0.6)}%` } }),
  );
  const range = sweep.total === null ? {} : { "aria-valuemin": 0, "aria-valuemax": sweep.total, "aria-valuenow": sweep.done };
  return h("span", { class: "progress", role: "progressbar", "aria-label": "Runs done", "aria-valuetext": progressText(sweep), ...range }, parts);
}

/** Return how many runs are done, of how many. */
export function progressText({ done, total, states }) {
  const of = total === null ? `${count(done)} done` : `${count(done)} of ${count(total)}`;
  const failed = (states.failed ?? 0) + (states.crashed ?? 0);
  return [of, states.running && `${count(states.running)} running`, failed && `${count(failed)} failed`].filter(Boolean).join(", ");
}

/** Return how fast it goes and how long it takes, as far as it can be known. */
export function paceText({ rate_per_hour: rate, left_s: left }) {
  const perHour = rate >= 10 ? count(Math.round(rate)) : rate?.toFixed(1);
  return [rate ? `${perHour} an hour` : null, left ? `${duration(left)} left` : null].filter(Boolean).join(" · ");
}

/** Return [state, runs] of the states that there are, in the order in which they are told. */
export function statesOf(sweep) {
  return RUN_STATES.filter((state) => sweep.states[state]).map((state) => [state, sweep.states[state]]);
}
