// The head and the lines of a table. Only the visible lines are in the document; a line that
// scrolls out is used again.

import { isExported } from "./api.js";
import { wholeText } from "./columns.js";
import { button, fillIfChanged, h, setText } from "./dom.js";
import { glyph, tone } from "./states.js";

const HEIGHT = 34; // of a line, as `--row` in the style sheet
const SPARE = 6; // lines above and below those in sight

/** The body of a table in a box that scrolls. */
export class TableLines {
  #model;
  #box;
  #pool = []; // {element, cells, check, place, row}
  #columns = [];

  constructor(model, box) {
    this.#model = model;
    this.#box = box;
    this.height = HEIGHT;
    this.element = h("div.grid-body", { role: "rowgroup", onmouseleave: () => this.onPoint(-1) });
    this.element.addEventListener("click", (event) => this.#onClick(event));
    this.element.addEventListener("mouseover", (event) => this.#onOver(event));
    this.onPoint = this.onOpen = this.onChoose = () => {};
  }

  /** Show rows in an order. */
  draw(order, columns) {
    if (columns !== this.#columns) this.#forget(columns);
    this.element.style.height = `${order.length * HEIGHT}px`;
    const height = this.#box.clientHeight || 600;
    const top = Math.min(this.#box.scrollTop, Math.max(0, order.length * HEIGHT - height));
    const first = Math.max(0, Math.floor(top / HEIGHT) - SPARE);
    const last = Math.min(order.length, Math.ceil((top + height) / HEIGHT) + SPARE);
    this.#reserve(last - first);
    // A place keeps its line while it is in sight: scrolling by one line rewrites one line.
    for (let place = first; place < last; place += 1) {
      this.#write(this.#pool[place % this.#pool.length], place, order[place]);
    }
    for (const line of this.#pool) this.#hideOutside(line, first, last);
    this.mark();
  }

  // What is hidden gives its id up: another line may show the same run.
  #hideOutside(line, first, last) {
    line.element.hidden = line.place < first || line.place >= last;
    if (line.element.hidden) line.element.removeAttribute("id");
  }

  #forget(columns) {
    this.#columns = columns;
    this.#pool = [];
    this.element.replaceChildren();
  }

  #reserve(wanted) {
    if (this.#pool.length >= wanted) return;
    while (this.#pool.length < wanted) this.#pool.push(this.#line());
    for (const line of this.#pool) line.place = -1;
  }

  #line() {
    const check = h("input", { type: "checkbox", tabindex: "-1", hidden: isExported });
    const cells = this.#columns.map((column, at) => cellOf(column, at));
    const choose = h("span.grid-cell.grid-choose", { role: "gridcell" }, check);
    const inner = cells.map((each) => each.element);
    const element = h("div.grid-line", { role: "row" }, choose, inner);
    this.element.append(element);
    return { element, cells, check, place: -1, row: -1 };
  }

  #write(line, place, row) {
    const { element, cells, check } = line;
    if (line.place !== place) {
      element.style.transform = `translateY(${place * HEIGHT}px)`;
      element.setAttribute("aria-rowindex", place + 2);
    }
    line.place = place;
    line.row = row;
    const number = this.#model.column("number")[row];
    const isChosen = this.#model.selected.has(row);
    element.id = `run-${number}`;
    element.setAttribute("aria-selected", String(isChosen));
    element.classList.toggle("is-best", row === this.#model.best);
    check.checked = isChosen;
    check.setAttribute("aria-label", `Select run ${number}`);
    for (const [at, column] of this.#columns.entries()) this.#writeCell(cells[at], column, row);
  }

  #writeCell({ element, inner }, column, row) {
    const value = this.#model.column(column.name)[row];
    if (column.name === "state") {
      setText(inner, value);
      element.firstChild.textContent = glyph(value);
      element.dataset.tone = tone(value);
    } else if (column.name === "number") {
      setText(inner, String(value));
      element.firstChild.textContent = row === this.#model.best ? "★" : "";
      if (!isExported) inner.href = `/run/${encodeURIComponent(this.#model.column("id")[row])}`;
    } else {
      setText(inner, value === null ? "" : column.text(value));
      inner.title = wholeText(column, value);
    }
  }

  /** Mark the row that is pointed at, here or in a plot. */
  mark() {
    const { highlighted } = this.#model;
    let active = "";
    for (const { element, row } of this.#pool) {
      const isActive = row === highlighted && !element.hidden;
      element.classList.toggle("is-active", isActive);
      if (isActive) active = element.id;
    }
    if (active) this.#box.setAttribute("aria-activedescendant", active);
    else this.#box.removeAttribute("aria-activedescendant");
  }

  /** Scroll as far as a place needs to be in sight, below the head. */
  reveal(place) {
    const [top, view] = [place * HEIGHT, this.#box.clientHeight - HEIGHT];
    if (top < this.#box.scrollTop) this.#box.scrollTop = top;
    else if (top + HEIGHT > this.#box.scrollTop + view) this.#box.scrollTop = top + HEIGHT - view;
  }

  #lineOf(event) {
    const element = event.target.closest(".grid-line");
    return element && this.#pool.find((line) => line.element === element);
  }

  #onOver(event) {
    const line = this.#lineOf(event);
    if (line) this.onPoint(line.row);
  }

  #onClick(event) {
    const line = this.#lineOf(event);
    if (!line) return;
    if (event.target.closest(".grid-choose")) this.onChoose(line.row);
    else if (!event.target.closest("a") && getSelection().isCollapsed) this.onOpen(line.row);
  }
}

function cellOf(column, at) {
  const { name } = column;
  const isLink = name === "number" && !isExported;
  const inner = isLink ? h("a", { tabindex: "-1" }) : h("span.cut");
  const element = h(
    "span",
    { class: cellClass(column, at), role: "gridcell", "aria-colindex": at + 2 },
    name === "state" && h("span.glyph", { "aria-hidden": "true" }),
    name === "number" && h("span.grid-star", { title: "The best run" }),
    inner,
  );
  element.classList.toggle("state", name === "state");
  element.classList.toggle("mono", ["id", "run.code"].includes(name));
  return { element, inner };
}

function cellClass({ isNumeric }, at) {
  return `grid-cell ${isNumeric ? "number" : ""} ${at === 0 ? "grid-first" : ""}`;
}

/** The head of a table. */
export class TableHead {
  #onSort;

  constructor(onSort) {
    this.#onSort = onSort;
    this.element = h("div.grid-head", { role: "row", "aria-rowindex": "1" });
  }

  /** Show columns, and by which the rows are ordered. */
  draw(columns, sort) {
    const focused = document.activeElement?.dataset?.column;
    const unseen = h("span.unseen", "Selected");
    fillIfChanged(this.element, [columns, sort], () => [
      h("span.grid-cell.grid-choose", { role: "columnheader" }, unseen),
      columns.map((column, at) => this.#head(column, at, sort)),
    ]);
    if (focused) this.element.querySelector(`[data-column="${CSS.escape(focused)}"]`)?.focus();
  }

  #head(column, at, sort) {
    const { name, title, about } = column;
    const [order, mark] = orderOf(name, sort);
    const attributes = { dataset: { column: name }, title: `Sort by ${about ?? title}` };
    const text = [h("span.cut", title), h("span", { "aria-hidden": "true" }, mark)];
    const head = { role: "columnheader", "aria-sort": order, "aria-colindex": at + 2 };
    return h(
      "span",
      { class: cellClass(column, at), ...head },
      button("quiet", text, () => this.#onSort(name), attributes),
    );
  }
}

function orderOf(name, sort) {
  if (sort.name !== name) return ["none", ""];
  return sort.isDescending ? ["descending", "▾"] : ["ascending", "▴"];
}
