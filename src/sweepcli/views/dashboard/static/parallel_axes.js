// The axes of the parallel coordinates: what each shows, on which scale, and where every run lies on it.

import { bucketOf, goodness } from "./colour.js";
import { beyond, bulk, choiceScale, extent, numberScale } from "./scale.js";
import { compact } from "./ticks.js";

/** The share of a run that has no value on an axis; drawn below it. */
export const NONE = -1;

/** The bucket of a run whose metric has no value. */
export const NO_BUCKET = 255;

const MOST_LISTED = 12; // values of a parameter that are all ticks
const METRIC_COLUMN = "value";
const positive = (value) => value > 0;

/** Return the parameters of a model that can differ between runs. */
export function varying(model) {
  return model.parameters.filter((each) => each.kind !== "constant" && !(each.kind === "choice" && each.values?.length < 2));
}

/** Return the axis of a parameter; the kind is "log" or "linear" where a person chose. */
export function parameterAxis(model, parameter, kind = parameter.scale) {
  const column = `params.${parameter.name}`;
  const values = model.column(column);
  const isChoice = parameter.kind === "choice";
  const scale = isChoice ? choiceOf(parameter, values) : numberOf(parameter, values, kind);
  const canBeLog = !isChoice && (ends(parameter, values, Number.isFinite)[0] > 0 || scale.kind === "log");
  const { name } = parameter;
  return placed({ key: name, name, column, parameter, values, scale, canBeLog, isMetric: false });
}

/** Return what a metric's axis is known by; a parameter can have its name. */
export function metricKey(model, { name } = model.metric) {
  return model.parameters.some((each) => each.name === name) ? `${name} (metric)` : name;
}

/** Return the axis of the metric. */
export function metricAxis(model, kind = "linear") {
  const values = model.column(METRIC_COLUMN);
  const { name, goal } = model.metric;
  const all = extent(values);
  const scale = numberScale(kind, (kind === "log" ? all : bulk(values, goal)) ?? [0, 1]);
  const clips = beyond(values, scale);
  const canBeLog = all !== null && all[0] > 0;
  const isFlat = all !== null && all[0] === all[1];
  return placed({ key: metricKey(model), name, column: METRIC_COLUMN, values, scale, canBeLog, isMetric: true, goal, clips, isFlat });
}

/** Return the axis of one of several metrics, of which none tells which run is best. */
export function objectiveAxis(model, metric, kind = "linear") {
  const column = `summary.${metric.name}`;
  const values = model.column(column);
  const all = extent(values);
  const scale = numberScale(kind, all ?? [0, 1]);
  const canBeLog = all !== null && all[0] > 0;
  return placed({ key: metricKey(model, metric), name: metric.name, column, values, scale, canBeLog, isMetric: false });
}

/** Return the bucket of colour of each run: how good its value is, all best where all are equal. */
export function bucketsOf(axis, count) {
  const buckets = new Uint8Array(count).fill(axis ? NO_BUCKET : 0);
  if (!axis) return buckets;
  for (let row = 0; row < count; row += 1) {
    const share = axis.shares[row];
    if (share !== NONE) buckets[row] = bucketOf(axis.isFlat ? 1 : goodness(share, axis.goal));
  }
  return buckets;
}

function placed(axis) {
  const { values, scale } = axis;
  const shares = new Float32Array(values.length);
  let missing = 0;
  for (let row = 0; row < values.length; row += 1) {
    const share = scale.at(values[row]);
    const isMissing = Number.isNaN(share);
    shares[row] = isMissing ? NONE : share;
    if (isMissing) missing += 1;
  }
  return { ...axis, shares, missing };
}

function choiceOf(parameter, values) {
  const listed = parameter.values ?? [];
  return choiceScale([...listed, ...values.filter((value) => value !== null && value !== undefined)]);
}

function numberOf(parameter, values, kind) {
  const isLog = kind === "log";
  const [low, high] = ends(parameter, values, isLog ? positive : Number.isFinite);
  return numberScale(kind, isLog && !(low > 0) ? (extent(values, positive) ?? [low, high]) : [low, high]);
}

function ends(parameter, values, isTaken) {
  const { min, max } = parameter;
  if (min !== null && max !== null && min !== undefined && max !== undefined) return [min, max];
  const seen = extent([...values, ...(parameter.values ?? [])], isTaken) ?? [0, 1];
  return [min ?? seen[0], max ?? seen[1]];
}

/** Return the ticks of an axis for a length in pixels; the values themselves where a parameter has few. */
export function ticksOf({ scale, parameter }, length) {
  const count = Math.max(2, Math.round(length / 60));
  const listed = parameter?.kind === "steps" ? (parameter.values ?? []) : [];
  if (listed.length > 0 && listed.length <= MOST_LISTED) return placedTicks(scale, listed.map((value) => ({ value, label: compact(value) })));
  const isWhole = parameter?.kind === "steps" && Number.isInteger(scale.low) && Number.isInteger(scale.high);
  return placedTicks(scale, scale.ticks(isWhole ? Math.min(count, scale.high - scale.low) : count));
}

function placedTicks(scale, ticks) {
  return ticks.map((tick) => ({ ...tick, at: scale.at(tick.value) }));
}
