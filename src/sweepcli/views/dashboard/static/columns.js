// The columns of the table of runs: what they hold, their widths, and the panel to choose them.

import { button, checkbox, fill, h, remember, remembered } from "./dom.js";
import { cell, duration, exact, metricTitle, moment, shortNumber } from "./format.js";

const MOST_PARAMS = 12; // shown unless chosen otherwise
const SAMPLE = 200; // rows that a width is taken from
const PADDING = 28; // of a cell, and a little: fonts are measured a little short
const GLYPH = 22; // pixels before the word of a state, before the number of the best
const MARK = 14; // pixels behind the title, for the mark of the order
const NARROWEST = 64;
const WIDEST = 260;
const WIDEST_TITLE = 130;
const LONG = 20; // characters that may not fit

const OWN = [
  { name: "number", title: "#", about: "number" },
  { name: "id", title: "id" },
  { name: "run.name", title: "name" },
  { name: "run.tags", title: "tags", text: (value) => value.join(", ") },
  { name: "run.notes", title: "notes" },
  { name: "state", title: "state" },
  { name: "value", title: "value" },
  { name: "step", title: "step" },
  { name: "best", title: "best" },
  { name: "latest", title: "latest" },
  { name: "duration", title: "duration", text: (value) => (value === null ? "" : duration(value)) },
  { name: "attempt", title: "attempt" },
  { name: "exit_code", title: "exit code" },
  { name: "reason", title: "reason" },
  { name: "run.code", title: "code" },
  { name: "run.code_after", title: "code after" },
  { name: "run.environment", title: "environment" },
  { name: "created_at", title: "created", text: timeText },
  { name: "started_at", title: "started", text: timeText },
  { name: "ended_at", title: "ended", text: timeText },
];

const SAID = ["run.name", "run.tags", "run.notes"]; // shown where some run has one
const SEEN = ["run.code", "run.code_after", "run.environment"]; // likewise, if chosen

function timeText(value) {
  return value === null ? "" : moment(value);
}

/** Return all columns, in groups: [title, columns]. */
function groups(model) {
  const { metric } = model;
  const about = `${metric?.name ?? "value"}, the ${metric?.counted || "best"} of the run`;
  const value = { title: metricTitle(metric), about };
  const optional = [...SAID, ...SEEN];
  const known = OWN.filter(
    ({ name }) => !optional.includes(name) || shownIfAny(model, name).length,
  );
  const own = known.map((column) => (column.name === "value" ? { ...column, ...value } : column));
  const nested = (kind) => (name) => ({ name: `${kind}.${name}`, title: name });
  return [
    ["Run", own],
    ["Parameters", paramNames(model).map(nested("params"))],
    ["Summary", model.names("summary").map(nested("summary"))],
  ].map(([name, columns]) => [name, columns.map((column) => ({ text: cell, ...column }))]);
}

// In the order of the config; those that it does not know (of runs made by hand) come last.
function paramNames(model) {
  const found = model.names("params");
  const known = model.parameters.map(({ name }) => name).filter((name) => found.includes(name));
  return [...new Set([...known, ...found])];
}

/** Return the names of the columns that are shown unless a person chooses. */
function usual(model) {
  const constants = model.parameters.filter(({ kind }) => kind === "constant");
  const isConstant = (name) => constants.some((parameter) => parameter.name === name);
  const params = paramNames(model).filter((name) => !isConstant(name));
  const others = (model.sweep.metrics ?? []).filter(({ name }) => name !== model.metric?.name);
  return [
    "number",
    ...shownIfAny(model, "run.name"),
    "state",
    ...(model.metric || !others.length ? ["value"] : []),
    ...others.map(({ name }) => `summary.${name}`),
    ...params.slice(0, MOST_PARAMS).map((name) => `params.${name}`),
    ...SAID.slice(1).flatMap((name) => shownIfAny(model, name)),
    ...(new Set(model.column("run.code")).size > 1 ? ["run.code"] : []),
    "duration",
    "id",
  ];
}

/** Return the name of a column in a list, an empty one where no run has a value. */
function shownIfAny(model, name) {
  return model.column(name).some((value) => value !== null) ? [name] : [];
}

/** Return the columns of some names, those that there are. */
function named(model, names) {
  const all = groups(model).flatMap(([, columns]) => columns);
  return names.map((name) => all.find((column) => column.name === name)).filter(Boolean);
}

/** Return a column with how wide it is and whether it holds numbers, judged by some of its rows. */
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
  const title = Math.min(WIDEST_TITLE, widthOf(column.title)) + MARK;
  const needed = Math.max(title, widthOf(longest) + room) + PADDING;
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

/** The choice of columns. */
export class Chooser {
  #model;
  #names;
  #onChange;
  #button = button("", "Columns", () => this.#show(this.#panel.hidden), {
    "aria-expanded": "false",
    "aria-haspopup": "dialog",
  });
  #panel = h("div.chooser-panel", { role: "dialog", "aria-label": "Columns", hidden: true });
  #onOutside = (event) => !this.element.contains(event.target) && this.#show(false);

  constructor(model, onChange) {
    this.#model = model;
    this.#onChange = onChange;
    this.#names = JSON.parse(remembered(this.#key));
    const onkeydown = (event) => event.key === "Escape" && this.#close(event);
    this.element = h("div.chooser", { onkeydown }, this.#button, this.#panel);
  }

  /** The columns that are shown, in their order. */
  get columns() {
    return named(this.#model, this.#names ?? usual(this.#model));
  }

  destroy() {
    document.removeEventListener("pointerdown", this.#onOutside);
  }

  #close(event) {
    if (this.#panel.hidden) return;
    event.stopPropagation();
    this.#show(false);
    this.#button.focus();
  }

  #show(isShown) {
    this.#panel.hidden = !isShown;
    this.#button.setAttribute("aria-expanded", String(isShown));
    document.removeEventListener("pointerdown", this.#onOutside);
    if (!isShown) return;
    document.addEventListener("pointerdown", this.#onOutside);
    this.#draw();
    this.#panel.querySelector("input")?.focus();
  }

  #draw() {
    const shown = this.columns.map((column) => column.name);
    const box = ({ name, title, about }) => {
      const text = h("span.cut", name === "number" ? about : title);
      const onChange = (isOn) => this.#set(name, isOn);
      return checkbox(text, onChange, { isOn: shown.includes(name), title: about ?? title });
    };
    const lists = groups(this.#model)
      .filter(([, columns]) => columns.length)
      .map(([title, columns]) => h("fieldset", h("legend.note", title), columns.map(box)));
    const reset = button("small", "Reset", () => this.#reset());
    fill(this.#panel, h("div.chooser-lists", lists), reset);
  }

  // A column that is added gets its place in the list, not the last one.
  #set(name, isShown) {
    const others = this.columns.map((column) => column.name).filter((each) => each !== name);
    const all = groups(this.#model).flatMap(([, columns]) => columns.map((column) => column.name));
    this.#names = isShown ? inserted(others, name, all) : others;
    this.#keep();
  }

  #reset() {
    this.#names = null;
    this.#keep();
    this.#draw();
  }

  get #key() {
    return `columns.${this.#model.sweep.id}`;
  }

  #keep() {
    remember(this.#key, this.#names && JSON.stringify(this.#names));
    this.#onChange();
  }
}

/** Return names with another one, behind the one that precedes it in the list of all. */
function inserted(names, name, all) {
  const before = new Set(all.slice(0, all.indexOf(name)));
  const place = names.findLastIndex((each) => before.has(each)) + 1;
  return [...names.slice(0, place), name, ...names.slice(place)];
}
