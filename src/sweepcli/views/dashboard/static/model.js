// The runs of one sweep, an array for each column, and which are shown, highlighted and selected.
//
// 20,000 runs make a few dozen arrays, no object for each run. A row is an index into every array;
// rows are in the order of the runs' numbers.
//
// Events: "data" (rows are new or have changed), "visible" (other rows pass the filters),
// "highlight", "selection", "sweep" (the sweep's record was replaced), "importance" (it is known).

const MEASURED = ["value", "best", "latest"];
const NOT_FINITE = ["NaN", "Infinity", "-Infinity"]; // JSON has no number for these

/** The runs of one sweep. */
export class SweepModel extends EventTarget {
  #columns = new Map();
  #rowOf = new Map(); // number -> row
  #durations = { at: 0, version: -1, values: [] };
  #version = 0;
  n = 0;
  cursor = "";
  visible = new Uint8Array(0); // 1 for each row that passes the filters
  shown = 0; // how many rows do
  highlighted = -1;
  highlightSource = null;
  selected = new Set();
  importance = null;

  constructor(sweep) {
    super();
    this.sweep = sweep;
    this.filters = new Filters(() => {
      this.#judge();
      this.emit("visible");
    });
  }

  get parameters() {
    return this.sweep.parameters ?? [];
  }

  get metric() {
    return this.sweep.metric ?? null;
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

  /** Return the names of all columns of a kind, "params" or "summary", in the order of arrival. */
  names(kind) {
    const all = [...this.#columns.keys()].filter((name) => name.startsWith(`${kind}.`));
    return all.map((name) => name.slice(kind.length + 1));
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
    this.#columns.clear();
    return kept;
  }

  #restore({ selected, highlighted }) {
    this.selected = new Set(selected.map((number) => this.rowOf(number)).filter((row) => row >= 0));
    this.highlighted = highlighted === null ? -1 : this.rowOf(highlighted);
  }

  /** Return the row that each of some numbers has, new rows for new ones. */
  #targets(numbers) {
    const last = this.n ? this.column("number")[this.n - 1] : -Infinity;
    const fresh = numbers
      .filter((number) => !this.#rowOf.has(number))
      .sort((one, other) => one - other);
    if (fresh.length && fresh[0] < last) this.#makeRoom(fresh);
    else for (const number of fresh) this.#rowOf.set(number, this.n++);
    for (const column of this.#columns.values()) while (column.length < this.n) column.push(null);
    return numbers.map((number) => this.#rowOf.get(number));
  }

  /** Insert rows between others. Rare: runs are numbered as they are created. */
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
      const isMeasured = MEASURED.includes(name) || name.startsWith("summary.");
      for (let each = 0; each < changed; each += 1) {
        const value = given?.[each] ?? null;
        column[targets[each]] = isMeasured ? measured(value) : value;
      }
    }
  }

  /** Return the seconds that each run took, or has taken until now. */
  #duration() {
    const now = Date.now() / 1000;
    const cached = this.#durations;
    if (cached.version === this.#version && now - cached.at < 0.5) return cached.values;
    const [ended, states] = [this.column("ended_at"), this.column("state")];
    const values = this.column("started_at").map((start, row) => {
      const end = ended[row] ?? (states[row] === "running" ? now : null);
      return start === null || end === null ? null : Math.max(0, end - start);
    });
    this.#durations = { at: now, version: this.#version, values };
    return values;
  }

  /** Replace the sweep's record. */
  setSweep(sweep) {
    this.sweep = sweep;
    this.emit("sweep");
  }

  #judge() {
    if (this.visible.length !== this.n) this.visible = new Uint8Array(this.n);
    this.shown = this.filters.judge(this.visible, this.column("number"), this.column("state"));
  }

  /** Highlight a row (-1: none); the source does so, and alone may end it. */
  setHighlight(row, source = null) {
    if (row === this.highlighted) return;
    this.highlighted = row;
    this.highlightSource = source;
    this.emit("highlight");
  }

  /** Select a row, or no longer. */
  toggleSelected(row) {
    if (!this.selected.delete(row)) this.selected.add(row);
    this.emit("selection");
  }

  /** Select no row. */
  clearSelected() {
    this.selected.clear();
    this.emit("selection");
  }

  /** Call a function at each event of a name; returns a function that ends it. */
  on(event, listener) {
    this.addEventListener(event, listener);
    return () => this.removeEventListener(event, listener);
  }

  emit(event) {
    this.dispatchEvent(new Event(event));
  }
}

function measured(value) {
  return NOT_FINITE.includes(value) ? Number(value) : value;
}

function flattened({ params = {}, summary = {}, ...own }) {
  const named = (kind, columns) =>
    Object.entries(columns).map(([name, values]) => [`${kind}.${name}`, values]);
  return new Map([
    ...Object.entries(own),
    ...named("params", params),
    ...named("summary", summary),
  ]);
}

/** The filters of a model; a row is visible when it passes all. */
class Filters {
  brushes = new Map(); // axis -> {predicate, label}
  hiddenStates = new Set();
  text = ""; // the expression
  #numbers = null; // of the runs for which it is true; null: all
  #onChange;

  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** Let only rows pass for which a predicate is true; null lifts it. The label is "0.1 – 0.3". */
  setBrush(axis, predicate, label = "") {
    if (predicate) this.brushes.set(axis, { predicate, label });
    else this.brushes.delete(axis);
    this.#onChange();
  }

  /** Let only runs with these numbers pass (null: all); the text is the expression. */
  setExpression(text, numbers) {
    this.text = text;
    this.#numbers = numbers === null ? null : new Set(numbers);
    this.#onChange();
  }

  setStateShown(state, isShown) {
    if (isShown) this.hiddenStates.delete(state);
    else this.hiddenStates.add(state);
    this.#onChange();
  }

  clear() {
    this.brushes.clear();
    this.hiddenStates.clear();
    this.setExpression("", null);
  }

  /** Write 1 for each row that passes, 0 for the others, and return how many pass. */
  judge(visible, numbers, states) {
    const predicates = [...this.brushes.values()].map((brush) => brush.predicate);
    let shown = 0;
    for (let row = 0; row < visible.length; row += 1) {
      const passes =
        (this.#numbers === null || this.#numbers.has(numbers[row])) &&
        !this.hiddenStates.has(states[row]) &&
        predicates.every((predicate) => predicate(row));
      visible[row] = passes ? 1 : 0;
      shown += visible[row];
    }
    return shown;
  }
}
