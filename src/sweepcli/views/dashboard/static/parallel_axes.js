// The axes of the parallel coordinates: their values, scales and places, and each run's on them.

import { bucketOf, goodness } from "./colour.js";
import { bulk, choiceScale, clippedEnds, extent, numberScale } from "./scale.js";
import { compact } from "./ticks.js";

/** The share of a run that has no value on an axis; drawn below it. */
export const NONE = -1;

/** The bucket of a run whose metric has no value. */
export const NO_BUCKET = 255;

const MOST_LISTED = 12; // values of a parameter that are all ticks
const LEAST_GAP = 84; // pixels between axes, below which the plot scrolls sideways
const LAST_ROOM = 132; // for the labels and the title of the last axis
const LEFT = 26;
const TITLES = 56;
const NONE_BELOW = 20;
const positive = (value) => value > 0;

/** Return the parameters of a model that can differ between runs. */
export function varying(model) {
  return model.parameters.filter(
    (each) => each.kind !== "constant" && !(each.kind === "choice" && each.values?.length < 2),
  );
}

/** Return the axis of a parameter; the kind is "log" or "linear" where a person chose. */
export function parameterAxis(model, parameter, kind = parameter.scale) {
  const column = `params.${parameter.name}`;
  const values = model.column(column);
  const isChoice = parameter.kind === "choice";
  const scale = isChoice ? choiceOf(parameter, values) : numberOf(parameter, values, kind);
  const canBeLog =
    !isChoice && (ends(parameter, values, Number.isFinite)[0] > 0 || scale.kind === "log");
  const { name } = parameter;
  return placed({ key: name, name, column, parameter, values, scale, canBeLog, isMetric: false });
}

/** Return the axis of the metric, or of each of several metrics, none of which ranks the runs. */
export function metricAxes(model, kindOf) {
  if (!model.metric) return model.sweep.metrics.map((each) => metricAxis(model, each, kindOf));
  const axis = metricAxis(model, model.metric, kindOf, { isMetric: true });
  const all = extent(axis.values);
  return [{ ...axis, goal: model.metric.goal, isFlat: all !== null && all[0] === all[1] }];
}

function metricAxis(model, { name, goal }, kindOf, { isMetric = false } = {}) {
  // A parameter can have the metric's name.
  const isTaken = model.parameters.some((each) => each.name === name);
  const key = isTaken ? `${name} (metric)` : name;
  const column = isMetric ? "value" : `summary.${name}`;
  const values = model.column(column);
  const all = extent(values);
  const kind = kindOf(key) ?? "linear";
  const ends = isMetric && kind !== "log" ? bulk(values, goal) : all;
  const scale = numberScale(kind, ends ?? [0, 1]);
  const clips = isMetric ? clippedEnds(values, scale) : [];
  return placed({ key, name, column, values, scale, canBeLog: all?.[0] > 0, isMetric, clips });
}

/** Return the bucket of colour of each run: how good its value is, all best where all are equal. */
export function bucketsOf(axis, count) {
  if (!axis) return new Uint8Array(count);
  const bucket = (share) => bucketOf(axis.isFlat ? 1 : goodness(share, axis.goal));
  return Uint8Array.from(axis.shares, (share) => (share === NONE ? NO_BUCKET : bucket(share)));
}

function placed(axis) {
  const { values, scale } = axis;
  const shares = Float32Array.from(values, scale.at).map((at) => (Number.isNaN(at) ? NONE : at));
  const missing = shares.reduce((sum, share) => sum + (share === NONE), 0);
  return { ...axis, shares, missing };
}

function choiceOf(parameter, values) {
  const listed = parameter.values ?? [];
  return choiceScale([
    ...listed,
    ...values.filter((value) => value !== null && value !== undefined),
  ]);
}

function numberOf(parameter, values, kind) {
  const isLog = kind === "log";
  const [low, high] = ends(parameter, values, isLog ? positive : Number.isFinite);
  return numberScale(
    kind,
    isLog && !(low > 0) ? (extent(values, positive) ?? [low, high]) : [low, high],
  );
}

function ends(parameter, values, isTaken) {
  const { min, max } = parameter;
  if (min !== null && max !== null && min !== undefined && max !== undefined) return [min, max];
  const seen = extent([...values, ...(parameter.values ?? [])], isTaken) ?? [0, 1];
  return [min ?? seen[0], max ?? seen[1]];
}

/** Return the ticks of an axis of a length in pixels; its values themselves if they are few. */
export function ticksOf({ scale, parameter }, length) {
  const listed = parameter?.kind === "steps" ? (parameter.values ?? []) : [];
  if (listed.length > 0 && listed.length <= MOST_LISTED) {
    return listed.map((value) => ({ label: compact(value), at: scale.at(value) }));
  }
  const count = Math.max(2, Math.round(length / 60));
  return scale.ticks(isWhole(scale, parameter) ? Math.min(count, scale.high - scale.low) : count);
}

/** Return whether a parameter takes whole numbers alone. */
export function isWhole({ low, high }, parameter) {
  return parameter?.kind === "steps" && Number.isInteger(low) && Number.isInteger(high);
}

/** Return the width that some axes need at least. */
export function neededWidth(count) {
  return LEFT + Math.max(0, count - 1) * LEAST_GAP + LAST_ROOM;
}

/** Return the places of some axes in a box. The labels of an axis are on its right. */
export function layoutOf(axes, width, height) {
  const gap = axes.length > 1 ? (width - LEFT - LAST_ROOM) / (axes.length - 1) : LAST_ROOM;
  const hasNone = axes.some((axis) => axis.missing);
  const bottom = height - (hasNone ? NONE_BELOW + 14 : 14);
  const xs = axes.map((_, index) => LEFT + index * gap);
  return { width, height, gap, xs, top: TITLES, bottom, noneAt: bottom + NONE_BELOW };
}

/** Return the height of a share in a layout. */
export function heightOf(share, { top, bottom, noneAt }) {
  return share < 0 ? noneAt : bottom - share * (bottom - top);
}

/** Return the share at a height. */
export function shareOf(y, { top, bottom, noneAt }) {
  return y > (bottom + noneAt) / 2 ? NONE : Math.max(0, (bottom - y) / (bottom - top));
}

/** Return the height of every run on an axis. */
export function heightsOf({ shares }, layout) {
  return shares.map((share) => heightOf(share, layout));
}
