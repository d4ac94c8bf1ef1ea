// The runs of one sweep, a plain array for each column, and what is shown, pointed at and chosen of them.
//
// 20,000 runs make a few dozen arrays, no object for each run. A row is an index into every array;
// rows are in the order of the runs' numbers.
//
// Events: "data" (rows came or changed), "visible" (another set of rows passes), "highlight",
// "selection", "sweep" (the sweep's record was replaced), "importance" (it is known, or anew).

import { Filters } from "./filters.js";

const RUNNING = "running";
const OWN = ["number", "id", "state", "attempt", "created_at", "started_at", "ended_at", "exit_code", "reason", "value", "step", "latest"];
const NOT_FINITE = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };

/** The runs of one sweep. */
export class SweepModel {
  #columns = new Map();
  #rowOf = new Map(); // number -> row
  #listeners = new Map();
  #durations = { at: 0, version: -1, values: [] };
  #filters = new Filters();
  #version = 0;

  constructor(sweep) {
    this.sweep = sweep;
    this.n = 0;
    this.cursor = "";
    this.visible = new Uint8Array(0);
    this.shown = 0; // how many rows are visible
    this.highlighted = -1;
    this.highlightSource = null;
    this.selected = new Set();
    for (const name of OWN) this.#columns.set(name, []);
  }

  get parameters() {
    return this.sweep.parameters ?? [];
  }

  get metric() {
    return this.sweep.metric ?? null;
  }

  /** The brushes that are set: axis name -> {predicate, label}. A plot drops its own when it is gone here. */
  get brushes() {
    return this.#filters.brushes;
  }

  /** The expression that rows are filtered by, or "". */
  get filterText() {
    return this.#filters.text;
  }

  get hiddenStates() {
    return this.#filters.hiddenStates;
  }

  /** The row of the best run, or -1. */
  get best() {
    const best = this.sweep.best;
    return best ? this.rowOf(best.number) : -1;
  }

  /** Return the row of a run's number, or -1. */
  rowOf(number) {
    return this.#rowOf.get(number) ?? -1;
  }

  /** Return a column: an array of n values, null where there is none. It is not to be changed. */
  column(name) {
    if (name === "duration") return this.#duration();
    let column = this.#columns.get(name);
    if (!column) {
      column = new Array(this.n).fill(null);
      this.#columns.set(name, column);
    }
    return column;
  }

  /** Return the names of all columns of a kind, "params" or "summary", in the order they came in. */
  names(kind) {
    const start = `${kind}.`;
    return [...this.#columns.keys()].filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
  }

  /** Take rows of the server: all of them, or those that have changed. */
  apply(payload) {
    const kept = payload.full ? this.#clear() : null;
    this.cursor = payload.cursor;
    const changed = payload.columns.number.length;
    if (!changed && !kept) return;
    this.#write(flattened(payload.columns), this.#targets(payload.columns.number), changed);
    if (kept) this.#restore(kept);
    this.#version += 1;
    this.#judge();
    this.emit("data");
    this.emit("visible");
  }

  #clear() {
    const numbers = this.column("number");
    const kept = {
      selected: [...this.selected].map((row) => numbers[row]),
      highlighted: this.highlighted < 0 ? null : numbers[this.highlighted],
    };
    this.n = 0;
    this.#rowOf.clear();
    for (const name of [...this.#columns.keys()]) {
      if (OWN.includes(name)) this.#columns.set(name, []);
      else this.#columns.delete(name);
    }
    return kept;
  }

  #restore({ selected, highlighted }) {
    this.selected = new Set(selected.map((number) => this.rowOf(number)).filter((row) => row >= 0));
    this.highlighted = highlighted === null ? -1 : this.rowOf(highlighted);
  }

  /** Return the row that each of some numbers has, new rows for new ones. */
  #targets(numbers) {
    const last = this.n ? this.column("number")[this.n - 1] : -Infinity;
    const fresh = numbers.filter((number) => !this.#rowOf.has(number)).sort((one, other) => one - other);
    if (fresh.length && fresh[0] < last) this.#makeRoom(fresh);
    else for (const number of fresh) this.#rowOf.set(number, this.n++);
    for (const column of this.#columns.values()) while (column.length < this.n) column.push(null);
    return numbers.map((number) => this.#rowOf.get(number));
  }

  /** Let rows in between those that are there. Rare: runs are numbered as they are made. */
  #makeRoom(fresh) {
    const old = this.column("number").slice();
    const all = [...old, ...fresh].sort((one, other) => one - other);
    this.#rowOf = new Map(all.map((number, row) => [number, row]));
    const moved = (row) => this.#rowOf.get(old[row]);
    for (const [name, column] of this.#columns) {
      const wider = new Array(all.length).fill(null);
      for (let row = 0; row < old.length; row += 1) wider[moved(row)] = column[row];
      this.#columns.set(name, wider);
    }
    this.n = all.length;
    this.selected = new Set([...this.selected].map(moved));
    this.highlighted = this.highlighted < 0 ? -1 : moved(this.highlighted);
  }

  #write(source, targets, changed) {
    for (const name of source.keys()) this.column(name);
    for (const [name, column] of this.#columns) {
      const given = source.get(name);
      const isMeasured = name === "value" || name === "latest" || name.startsWith("summary.");
      for (let each = 0; each < changed; each += 1) {
        const value = given?.[each] ?? null;
        column[targets[each]] = isMeasured ? measured(value) : value;
      }
    }
  }

  /** Seconds that each run took, or has taken up to now. */
  #duration() {
    const now = Date.now() / 1000;
    const cached = this.#durations;
    if (cached.version === this.#version && now - cached.at < 0.5) return cached.values;
    const [started, ended, states] = ["started_at", "ended_at", "state"].map((name) => this.column(name));
    const values = started.map((start, row) => {
      if (start === null) return null;
      if (ended[row] !== null) return Math.max(0, ended[row] - start);
      return states[row] === RUNNING ? Math.max(0, now - start) : null;
    });
    this.#durations = { at: now, version: this.#version, values };
    return values;
  }

  /** Replace the sweep's record. */
  setSweep(sweep) {
    this.sweep = sweep;
    this.emit("sweep");
  }

  /** Let only rows pass that a predicate takes; null lifts it. The label is for people: "0.1 – 0.3". */
  setBrush(axis, predicate, label = "") {
    this.#filters.setBrush(axis, predicate, label);
    this.#refilter();
  }

  /** Let only runs with these numbers pass (null: all); the text is what was asked for. */
  setFilter(text, numbers) {
    this.#filters.setFilter(text, numbers);
    this.#refilter();
  }

  /** Hide or show the runs of a state. */
  setStateShown(state, isShown) {
    this.#filters.setStateShown(state, isShown);
    this.#refilter();
  }

  /** Let every row pass. */
  clearFilters() {
    this.#filters.clear();
    this.#refilter();
  }

  #refilter() {
    this.#judge();
    this.emit("visible");
  }

  #judge() {
    if (this.visible.length !== this.n) this.visible = new Uint8Array(this.n);
    this.shown = this.#filters.judge(this.visible, this.column("number"), this.column("state"));
  }

  /** Point at a row (-1: at none); the source is who does, so that it can ignore its own event. */
  setHighlight(row, source = null) {
    if (row === this.highlighted) return;
    this.highlighted = row;
    this.highlightSource = source;
    this.emit("highlight");
  }

  /** Choose a row, or no longer. */
  toggleSelected(row) {
    if (!this.selected.delete(row)) this.selected.add(row);
    this.emit("selection");
  }

  /** Choose no row. */
  clearSelected() {
    this.selected.clear();
    this.emit("selection");
  }

  /** Call a function at each event of a name; returns a function that ends it. */
  on(event, listener) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(listener);
    return () => this.#listeners.get(event).delete(listener);
  }

  emit(event) {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener();
  }
}

// JSON has no number for these.
function measured(value) {
  return typeof value === "string" && Object.hasOwn(NOT_FINITE, value) ? NOT_FINITE[value] : value;
}

function flattened(columns) {
  const flat = new Map();
  for (const name of OWN) flat.set(name, columns[name] ?? []);
  for (const [name, values] of Object.entries(columns.params ?? {})) flat.set(`params.${name}`, values);
  for (const [name, values] of Object.entries(columns.summary ?? {})) flat.set(`summary.${name}`, values);
  return flat;
}
