// The heads of a table's columns: each a button that orders the rows.

import { fill, h } from "./dom.js";

/** The head of a table. */
export class TableHead {
  #onSort;
  #shown = "";

  constructor(onSort) {
    this.#onSort = onSort;
    this.element = h("div", { class: "grid-head", role: "row", "aria-rowindex": "1" });
  }

  /** Show columns, and by which the rows are ordered. */
  draw(columns, sort) {
    const key = JSON.stringify([columns, sort]);
    if (key === this.#shown) return;
    this.#shown = key;
    const focused = document.activeElement?.dataset?.column;
    const choose = h("span", { class: "grid-cell grid-choose", role: "columnheader" }, h("span", { class: "unseen" }, "Chosen"));
    fill(this.element, choose, columns.map((column, at) => this.#head(column, at, sort)));
    if (focused) [...this.element.querySelectorAll("button")].find((button) => button.dataset.column === focused)?.focus();
  }

  #head({ name, title, about, isNumeric }, at, sort) {
    const isSorted = sort.name === name;
    const order = isSorted ? (sort.isDescending ? "descending" : "ascending") : "none";
    const mark = h("span", { class: "grid-mark", "aria-hidden": "true" }, isSorted ? (sort.isDescending ? "▾" : "▴") : "");
    const button = h("button", { type: "button", dataset: { column: name }, title: `Order by ${about ?? title}`, onclick: () => this.#onSort(name) }, h("span", { class: "cut" }, title), mark);
    return h("span", { class: `grid-cell ${isNumeric ? "number" : ""} ${at === 0 ? "grid-first" : ""}`, role: "columnheader", "aria-sort": order, "aria-colindex": at + 2 }, button);
  }
}
