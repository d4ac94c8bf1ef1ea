// The columns that a table of runs can have: what they hold, how wide they are, how they are told.

import { duration, exact, moment, shortNumber, cell } from "./format.js";

const MOST_PARAMS = 12; // shown unless chosen otherwise
const SAMPLE = 200; // rows that a width is taken from
const PADDING = 28; // of a cell, and a little: fonts are measured a little short
const GLYPH = 22; // pixels before the word of a state, before the number of the best
const NARROWEST = 64;
const WIDEST = 260;
const WIDEST_TITLE = 130;
const LONG = 20; // characters that may not fit

const OWN = [
  { name: "number", title: "#", about: "number" },
  { name: "id", title: "id" },
  { name: "state", title: "state" },
  { name: "value", title: "value" },
  { name: "step", title: "step" },
  { name: "latest", title: "latest" },
  { name: "duration", title: "duration", text: (value) => (value === null ? "" : duration(value)) },
  { name: "attempt", title: "attempt" },
  { name: "exit_code", title: "exit code" },
  { name: "reason", title: "reason" },
  { name: "created_at", title: "created", text: timeText },
  { name: "started_at", title: "started", text: timeText },
  { name: "ended_at", title: "ended", text: timeText },
];

function timeText(value) {
  return value === null ? "" : moment(value);
}

/** Return all columns, in groups: [title, columns]. */
export function groups(model) {
  const value = { about: `${model.metric?.name ?? "value"}, the best of the run`, title: model.metric?.name ?? "value" };
  const own = OWN.map((column) => ({ text: cell, ...column, ...(column.name === "value" ? value : {}) }));
  return [
    ["Run", own],
    ["Parameters", paramNames(model).map((name) => ({ name: `params.${name}`, title: name, text: cell }))],
    ["Summary", model.names("summary").map((name) => ({ name: `summary.${name}`, title: name, text: cell }))],
  ];
}

// As the config has them; those that it does not know (of runs made by hand) behind.
function paramNames(model) {
  const found = model.names("params");
  const told = model.parameters.map((each) => each.name).filter((name) => found.includes(name));
  return [...told, ...found.filter((name) => !told.includes(name))];
}

/** Return the names of the columns that are shown at first. */
export function usual(model) {
  const constant = new Set(model.parameters.filter((each) => each.kind === "constant").map((each) => each.name));
  const params = paramNames(model).filter((name) => !constant.has(name)).slice(0, MOST_PARAMS);
  const others = (model.sweep.metrics ?? []).filter((metric) => metric.name !== model.metric?.name);
  const values = [...(model.metric || !others.length ? ["value"] : []), ...others.map((metric) => `summary.${metric.name}`)];
  return ["number", "state", ...values, ...params.map((name) => `params.${name}`), "duration", "id"];
}

/** Return the columns of some names, those that there are. */
export function named(model, names) {
  const all = new Map(groups(model).flatMap(([, columns]) => columns.map((column) => [column.name, column])));
  return names.map((name) => all.get(name)).filter(Boolean);
}

/** Return a column with how wide it is and whether it holds numbers, as some of its rows tell. */
export function measured(model, column) {
  const values = model.column(column.name);
  const stride = Math.max(1, Math.floor(values.length / SAMPLE));
  let longest = "";
  let isNumeric = true;
  for (let row = 0; row < values.length; row += stride) {
    if (values[row] === null) continue;
    if (typeof values[row] !== "number") isNumeric = false;
    const text = column.text(values[row]);
    if (text.length > longest.length) longest = text;
  }
  const room = ["state", "number"].includes(column.name) ? GLYPH : 0;
  const needed = Math.max(Math.min(WIDEST_TITLE, widthOf(column.title)) + 14, widthOf(longest) + room) + PADDING; // 14: the mark of the order
  return { ...column, width: Math.ceil(Math.min(WIDEST, Math.max(NARROWEST, needed))), isNumeric };
}

const pen = document.createElement("canvas").getContext("2d");

// Bold, since the best run is.
function widthOf(text) {
  pen.font = `650 14px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

/** Return a value in full, for those who point at it; "" where the cell has it all. */
export function wholeText(column, value) {
  if (value === null || column.text !== cell) return "";
  const whole = exact(value);
  const isWhole = typeof value === "number" ? shortNumber(value) === whole : whole.length < LONG;
  return isWhole ? "" : whole;
}
