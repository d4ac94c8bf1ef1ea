// The lines of a table that are in sight. Lines that scroll out are used again for those that come.

import { isExported } from "./api.js";
import { wholeText } from "./columns.js";
import { h } from "./dom.js";
import { glyph, tone } from "./states.js";

const HEIGHT = 34; // of a line, as `--row` in the style sheet
const SPARE = 6; // lines above and below those in sight

/** The body of a table in a box that scrolls. */
export class TableLines {
  #model;
  #box;
  #pool = []; // {element, cells, check, place, row}
  #columns = [];
  #order = new Uint32Array(0);

  constructor(model, box) {
    this.#model = model;
    this.#box = box;
    this.height = HEIGHT;
    this.element = h("div", { class: "grid-body", role: "rowgroup", onmouseleave: () => this.onPoint(-1) });
    this.element.addEventListener("click", (event) => this.#onClick(event));
    this.element.addEventListener("mouseover", (event) => this.#onOver(event));
    this.onPoint = this.onOpen = this.onChoose = () => {};
  }

  /** Show rows in an order. */
  draw(order, columns) {
    this.#order = order;
    if (columns !== this.#columns) this.#forget(columns);
    this.element.style.height = `${order.length * HEIGHT}px`;
    const top = Math.min(this.#box.scrollTop, Math.max(0, order.length * HEIGHT - this.#box.clientHeight));
    const first = Math.max(0, Math.floor(top / HEIGHT) - SPARE);
    const last = Math.min(order.length, Math.ceil((top + (this.#box.clientHeight || 600)) / HEIGHT) + SPARE);
    this.#reserve(last - first);
    // A place keeps its line while it is in sight: what is scrolled by one line rewrites one line.
    for (let place = first; place < last; place += 1) this.#write(this.#pool[place % this.#pool.length], place, order[place]);
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
    const check = h("input", { type: "checkbox", tabindex: "-1" });
    const cells = this.#columns.map((column, at) => cellOf(column, at));
    const choose = h("span", { class: "grid-cell grid-choose", role: "gridcell" }, check);
    const element = h("div", { class: "grid-line", role: "row" }, choose, cells.map((each) => each.element));
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
    check.setAttribute("aria-label", `Choose run ${number}`);
    this.#columns.forEach((column, at) => this.#writeCell(cells[at], column, row));
  }

  #writeCell(cell, column, row) {
    const value = this.#model.column(column.name)[row];
    if (column.name === "state") cell.setState(value);
    else if (column.name === "number") cell.setLink(String(value), this.#model.column("id")[row], row === this.#model.best);
    else cell.setText(value === null ? "" : column.text(value), wholeText(column, value));
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

function cellOf({ name, isNumeric }, at) {
  const isLink = name === "number" && !isExported;
  const inner = isLink ? h("a", { tabindex: "-1" }) : h("span", { class: "cut" });
  const mark = name === "state" ? h("span", { class: "glyph", "aria-hidden": "true" }) : null;
  const star = name === "number" ? h("span", { class: "grid-star", title: "The best run" }) : null;
  const kind = `${isNumeric ? "number" : ""} ${at === 0 ? "grid-first" : ""} ${name === "state" ? "state" : ""} ${name === "id" ? "mono" : ""}`;
  const element = h("span", { class: `grid-cell ${kind}`, role: "gridcell", "aria-colindex": at + 2 }, star, mark, inner);
  const write = (text) => inner.textContent !== text && (inner.textContent = text);
  return {
    element,
    setText(text, whole) {
      write(text);
      if (inner.title !== whole) inner.title = whole;
    },
    setState(state) {
      write(state);
      mark.textContent = glyph(state);
      element.dataset.tone = tone(state);
    },
    setLink(text, id, isBest) {
      write(text);
      if (isLink) inner.setAttribute("href", `/run/${encodeURIComponent(id)}`);
      star.textContent = isBest ? "★" : "";
    },
  };
}
