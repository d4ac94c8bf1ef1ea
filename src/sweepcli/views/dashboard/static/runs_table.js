// The table of a sweep's runs: its order, keys and buttons. `grid.js` draws its lines.

import { isExported } from "./api.js";
import { watchSize } from "./canvas.js";
import { Chooser, measured } from "./columns.js";
import { button, fill, h, hasModifier, oncePerFrame } from "./dom.js";
import { count } from "./format.js";
import { TableHead, TableLines } from "./grid.js";
import { card } from "./parts.js";
import { csvText, download, ordered } from "./rows.js";

const KEYS = "Arrow keys move, Enter opens a run, Space selects it.";
const HINT = "Tick two or more runs to compare their curves";
const MOST_COMPARED = 20;
const TICK_MS = 1000; // the time that running ones have taken

/** The card with the table, its order, its columns and its keys. */
export class RunsTable {
  #model;
  #options;
  #order = new Uint32Array(0);
  #cursor = 0; // place in the order that keys move
  #sort;
  #columns = [];
  #tick = 0;
  #box = h("div.grid", {
    role: "grid",
    tabindex: "0",
    "aria-label": "Runs",
    "aria-multiselectable": "true",
    "aria-describedby": "grid-keys",
  });
  #clear = button("quiet", "Clear selection", () => this.#model.clearSelected());
  #compare = button("primary", "Compare", () => this.#compareSelected());
  #none = h("div.empty.grid-none", { hidden: true }, h("p", "No run passes the filters."));
  #chooser;
  #head;
  #lines;
  #unwatch;
  #kept = 0; // how far it was scrolled when the page was left
  #drawAllSoon = oncePerFrame(() => this.#drawAll());
  #drawSoon = oncePerFrame(() => this.#draw());
  #moveSoon = oncePerFrame(() => this.#lines.draw(this.#order, this.#columns));

  constructor(model, options) {
    this.#model = model;
    this.#options = options;
    this.#sort = this.#firstSort();
    this.#chooser = new Chooser(model, () => this.#drawAll());
    this.#head = new TableHead((name) => this.#sortBy(name));
    this.#lines = new TableLines(model, this.#box);
    this.element = this.#card();
    this.#listen();
    this.#drawAll();
  }

  #firstSort() {
    const { metric } = this.#model;
    return metric
      ? { name: "value", isDescending: metric.goal === "maximize" }
      : { name: "number", isDescending: true };
  }

  #card() {
    const title = "Save the runs and columns that are shown";
    const csv = button("", "CSV", () => this.#csv(), { title });
    this.#compare.hidden = isExported;
    this.#box.style.setProperty("--choose", isExported ? "8px" : "40px");
    fill(this.#box, this.#head.element, this.#lines.element);
    const push = h("div.row", this.#clear, this.#compare, this.#chooser.element, csv);
    const keys = h("p.unseen", { id: "grid-keys" }, KEYS);
    return card("Runs", { push, class: "runs-card" }, keys, this.#box, this.#none);
  }

  #listen() {
    const model = this.#model;
    model.on("data", () => this.#drawAllSoon());
    model.on("visible", this.#drawSoon);
    model.on("sweep", this.#moveSoon);
    model.on("highlight", () => this.#lines.mark());
    model.on("selection", () => this.#onSelection());
    this.#box.addEventListener("scroll", this.#moveSoon, { passive: true });
    this.#box.addEventListener("keydown", (event) => this.#onKey(event));
    this.#lines.onPoint = (row) => model.setHighlight(row, "table");
    this.#lines.onOpen = (row) => this.#options.onOpen(row);
    this.#lines.onChoose = (row) => model.toggleSelected(row);
    this.#unwatch = watchSize(this.#box, this.#moveSoon);
    this.#onSelection();
  }

  /** Draw the columns, which may be new or chosen otherwise, and the rows. */
  #drawAll() {
    const model = this.#model;
    const columns = this.#chooser.columns.map((column) => measured(model, column));
    // The same columns stay the same array: then the lines in sight stay what they are.
    if (JSON.stringify(columns) !== JSON.stringify(this.#columns)) this.#columns = columns;
    const widths = this.#columns.map(({ width }, at) =>
      at === this.#columns.length - 1 ? `minmax(${width}px, 1fr)` : `${width}px`,
    );
    this.#box.style.setProperty("--columns", ["var(--choose)", ...widths].join(" "));
    this.#box.setAttribute("aria-colcount", this.#columns.length + 1);
    this.#head.draw(this.#columns, this.#sort);
    this.#draw();
  }

  #draw() {
    const model = this.#model;
    this.#drawSoon.cancel(); // new rows emit both "data" and "visible"
    this.#order = ordered(model, this.#sort);
    this.#cursor = Math.min(this.#cursor, Math.max(0, this.#order.length - 1));
    this.#box.setAttribute("aria-rowcount", this.#order.length + 1);
    this.#box.hidden = model.n > 0 && !this.#order.length;
    this.#none.hidden = !this.#box.hidden;
    this.#lines.draw(this.#order, this.#columns);
    this.#box.dataset.rows = String(this.#order.length);
  }

  #sortBy(name) {
    const isSame = this.#sort.name === name;
    const first = name === "value" && this.#model.metric?.goal === "maximize";
    this.#sort = { name, isDescending: isSame ? !this.#sort.isDescending : first };
    this.#head.draw(this.#columns, this.#sort);
    this.#box.scrollTop = 0;
    this.#cursor = 0;
    this.#draw();
  }

  #onKey(event) {
    if (event.target !== this.#box || hasModifier(event)) return;
    const page = Math.max(1, Math.floor(this.#box.clientHeight / this.#lines.height) - 2);
    const last = this.#order.length - 1;
    const ends = { Home: -Infinity, End: Infinity };
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, ...ends };
    const row = this.#order[this.#cursor];
    const target = this.#start() + moves[event.key];
    if (event.key in moves) this.#moveTo(Math.min(last, Math.max(0, target)));
    else if (event.key === "Enter") this.#options.onOpen(row);
    else if (event.key === " ") this.#model.toggleSelected(row);
    else if (event.key === "Escape") this.#model.setHighlight(-1, "table");
    else return;
    event.preventDefault();
  }

  // The first key press goes to the first line, not to the second.
  #start() {
    const { highlighted } = this.#model;
    if (highlighted < 0) return -1;
    const at = this.#order.indexOf(highlighted);
    return at < 0 ? this.#cursor : at;
  }

  #moveTo(place) {
    this.#cursor = place;
    this.#lines.reveal(place);
    this.#lines.draw(this.#order, this.#columns);
    this.#model.setHighlight(this.#order[place], "table");
  }

  #onSelection() {
    const chosen = this.#model.selected.size;
    this.#compare.textContent = chosen ? `Compare (${count(chosen)})` : "Compare";
    this.#clear.hidden = !chosen;
    this.#compare.disabled = chosen < 2 || chosen > MOST_COMPARED;
    const isMany = chosen > MOST_COMPARED;
    this.#compare.title = isMany ? `At most ${MOST_COMPARED} runs` : HINT;
    this.#lines.draw(this.#order, this.#columns);
  }

  #compareSelected() {
    const ids = this.#model.column("id");
    const rows = [...this.#model.selected].sort((one, other) => one - other);
    this.#options.onCompare(rows.map((row) => ids[row]));
  }

  #csv() {
    const text = csvText(this.#model, this.#order, this.#columns);
    download(`${this.#model.sweep.id}.csv`, text, "text/csv");
  }

  pause() {
    this.#kept = this.#box.scrollTop;
    clearInterval(this.#tick);
  }

  resume() {
    this.#box.scrollTop = this.#kept; // what leaves the document forgets it
    this.#tick = setInterval(() => this.#model.sweep.states?.running && this.#moveSoon(), TICK_MS);
  }

  destroy() {
    this.pause();
    this.#chooser.destroy();
    this.#unwatch();
    for (const later of [this.#drawSoon, this.#moveSoon, this.#drawAllSoon]) later.cancel();
  }
}
