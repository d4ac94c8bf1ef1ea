// Numbers, times and params as text.

const UNITS = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
];

/** Return a number in at most six significant digits; "–" for none. */
export function shortNumber(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number" || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e9) return String(value);
  if (size >= 1e-4 && size < 1e7) return String(Number(value.toPrecision(6)));
  return value.toExponential(4).replace(/\.?0+e/, "e");
}

/** Return a metric's name, with which number of a run is its value, if that is not its best. */
export function metricTitle(metric) {
  if (!metric) return "value";
  return metric.counted ? `${metric.name} (${metric.counted})` : metric.name;
}

/** Return a run's best and last number, where they are others than its value. */
export function otherNumbers({ value, best, latest }) {
  const known = shortNumber(value);
  const named = Object.entries({ best, last: latest });
  const others = named.filter(([, number]) => number !== null && number !== undefined);
  const shown = others.map(([name, number]) => [name, shortNumber(number)]);
  return shown.flatMap(([name, text]) => (text === known ? [] : [`${name} ${text}`])).join(", ");
}

/** Return the step that a value is from; nothing of a run that has logged one value alone. */
export function atStep({ value, best, latest, step }) {
  const isOne = step === 0 && value === best && value === latest;
  return Number.isInteger(step) && !isOne ? ` at step ${step}` : "";
}

/** Return how many there are, with commas between thousands. */
export function count(value) {
  return value.toLocaleString("en-US");
}

/** Return a number of things. */
export function many(value, noun) {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** Return a length of time in at most two units. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds > 0 && seconds < 0.05) return "< 0.1 s";
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  const at = UNITS.findIndex(([length]) => seconds >= length);
  if (at < 0) return `${Math.floor(seconds)} s`;
  const [length, unit] = UNITS[at];
  const [smaller, smallerUnit] = UNITS[at + 1] ?? [1, "s"];
  const rest = Math.floor((seconds % length) / smaller);
  return `${Math.floor(seconds / length)} ${unit}${rest ? ` ${rest} ${smallerUnit}` : ""}`;
}

/** Return how long ago a moment (seconds since the epoch) was, in one unit. */
export function age(moment) {
  if (moment === null || moment === undefined) return "–";
  const seconds = Math.max(0, Date.now() / 1000 - moment);
  if (seconds < 5) return "just now";
  const [length, unit] = UNITS.find(([each]) => seconds >= each) ?? [1, "s"];
  return `${Math.floor(seconds / length)} ${unit} ago`;
}

/** Return a moment as date and time of this place. */
export function moment(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const at = new Date(seconds * 1000);
  const two = (value) => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Return any value of a param or a summary as one line of text. */
export function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return shortNumber(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Return a value whole, as it would be typed. */
export function exact(value) {
  if (value === null || value === undefined) return "null";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Return [dotted name, value] of each leaf of nested params. */
export function leaves(params, start = "") {
  return Object.entries(params ?? {}).flatMap(([name, value]) => {
    const isInner = value?.constructor === Object && Object.keys(value).length > 0;
    return isInner ? leaves(value, `${start}${name}.`) : [[start + name, value]];
  });
}

/** Return a number of bytes. */
export function bytes(value) {
  if (value < 1024) return `${value} B`;
  const kilobytes = value / 1024;
  return kilobytes < 1024 ? `${kilobytes.toFixed(1)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}
