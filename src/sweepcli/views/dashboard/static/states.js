// The states of sweeps and runs: each has a tone, a glyph and its word, never a colour alone.

import { h } from "./dom.js";

const LOOKS = {
  pending: ["idle", "○"],
  running: ["busy", "●"],
  finished: ["good", "✓"],
  stopped: ["good", "◼"],
  failed: ["bad", "✕"],
  crashed: ["bad", "✕"],
  killed: ["warn", "◼"],
  canceled: ["warn", "◼"],
  preempted: ["warn", "↺"],
  paused: ["warn", "‖"],
};

/** The states of a run in the order in which they are told. */
export const RUN_STATES = [
  "running",
  "finished",
  "stopped",
  "failed",
  "crashed",
  "killed",
  "preempted",
  "pending",
];

/** Whether a run in this state may still change by itself. */
export function isOpen(state) {
  return ["pending", "running", "preempted"].includes(state);
}

/** What each state means, for those who point at it. */
export const MEANINGS = {
  pending: "waiting for an agent",
  running: "at work now",
  finished: "ended with exit code 0",
  stopped: "ended early, since others did better",
  failed: "ended with an error",
  crashed: "ended by a signal, or its agent was lost",
  killed: "ended by a person",
  preempted: "taken from its agent, to be run again",
  paused: "hands out no runs until it is resumed",
  canceled: "ended by a person, with its runs",
};

const OF_SWEEP = {
  pending: "no agent has taken a run yet",
  running: "hands out runs to agents",
  finished: "hands out no more runs",
};

/** Return the tone of a state: idle, busy, good, bad or warn. */
export function tone(state) {
  return LOOKS[state]?.[0] ?? "idle";
}

/** Return the glyph of a state. */
export function glyph(state) {
  return LOOKS[state]?.[1] ?? "·";
}

/** Return a state as a mark in a line. */
export function stateMark(state) {
  const mark = h("span.glyph", { "aria-hidden": "true" }, glyph(state));
  return h("span.state", { dataset: { tone: tone(state) }, title: MEANINGS[state] }, mark, state);
}

/** Return a state as a pill, for headings; of a sweep where not said otherwise. */
export function statePill(state, meanings = OF_SWEEP) {
  const mark = h("span", { "aria-hidden": "true" }, glyph(state));
  return h(
    "span.pill",
    { dataset: { tone: tone(state) }, title: meanings[state] ?? MEANINGS[state] },
    mark,
    state,
  );
}
