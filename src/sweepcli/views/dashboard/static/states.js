// The states of runs and sweeps: each has a tone, a glyph and its word, never a colour alone.

import { h } from "./dom.js";

// [tone, glyph, meaning], in the order in which the page lists them
const OF_RUN = {
  running: ["busy", "●", "running now"],
  finished: ["good", "✓", "ended with exit code 0"],
  stopped: ["good", "◼", "ended early, since others did better"],
  failed: ["bad", "✕", "ended with an error"],
  crashed: ["bad", "✕", "ended by a signal, or its agent was lost"],
  killed: ["warn", "◼", "ended by a person"],
  preempted: ["warn", "↺", "taken from its agent, to be run again"],
  pending: ["idle", "○", "waiting for an agent"],
};
const OF_SWEEP = {
  pending: ["idle", "○", "no agent has claimed a run yet"],
  running: ["busy", "●", "agents may start runs"],
  paused: ["warn", "‖", "no runs start until it is resumed"],
  idle: ["warn", "○", "no agent works on it"],
  stopping: ["busy", "◐", "no more runs start, some are still running"],
  finished: ["good", "✓", "no more runs start"],
  failed: ["bad", "✕", "no more runs start, and none ended well"],
  canceling: ["warn", "◐", "ended by a person, some runs are still running"],
  canceled: ["warn", "◼", "ended by a person, with its runs"],
};
const UNKNOWN = ["idle", "·", ""];

/** The states of a run in the order in which the page lists them. */
export const RUN_STATES = Object.keys(OF_RUN);

/** Whether a run in this state may still change by itself. */
export function isOpen(state) {
  return ["pending", "running", "preempted"].includes(state);
}

/** Return the tone of a run's state: idle, busy, good, bad or warn. */
export function tone(state) {
  return (OF_RUN[state] ?? UNKNOWN)[0];
}

/** Return the glyph of a run's state. */
export function glyph(state) {
  return (OF_RUN[state] ?? UNKNOWN)[1];
}

/** Return what a run's state means. */
export function meaning(state) {
  return (OF_RUN[state] ?? UNKNOWN)[2];
}

/** Return a run's state as a mark in a line. */
export function stateMark(state) {
  return mark("span.state", state, OF_RUN);
}

/** Return a run's state as a pill, for headings. */
export function runPill(state) {
  return mark("span.pill", state, OF_RUN);
}

/** Return how a sweep stands as a pill. */
export function sweepPill({ status }) {
  return mark("span.pill", status, OF_SWEEP);
}

function mark(kind, state, looks) {
  const [dataTone, sign, title] = looks[state] ?? UNKNOWN;
  const dataset = { tone: dataTone };
  return h(kind, { dataset, title }, h("span.glyph", { "aria-hidden": "true" }, sign), state);
}
