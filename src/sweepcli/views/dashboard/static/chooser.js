// Which columns a table has: a list to tick, kept for each sweep.

import { fill, h } from "./dom.js";
import { groups, named, usual } from "./columns.js";

/** The choice of columns. */
export class Chooser {
  #model;
  #names;
  #onChange;
  #button = h("button", { class: "button", type: "button", "aria-expanded": "false", "aria-haspopup": "dialog" }, "Columns");
  #panel = h("div", { class: "chooser-panel", role: "dialog", "aria-label": "Columns", hidden: true });
  #onOutside = (event) => !this.element.contains(event.target) && this.#show(false);

  constructor(model, onChange) {
    this.#model = model;
    this.#onChange = onChange;
    this.#names = this.#remembered();
    this.#button.addEventListener("click", () => this.#show(this.#panel.hidden));
    this.element = h("div", { class: "chooser", onkeydown: (event) => event.key === "Escape" && this.#close(event) }, this.#button, this.#panel);
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
    const shown = new Set(this.columns.map((column) => column.name));
    const lists = groups(this.#model).filter(([, columns]) => columns.length).map(([title, columns]) => h(
      "fieldset",
      null,
      h("legend", null, title),
      columns.map(({ name, title: text, about }) => h(
        "label",
        { title: about ?? text },
        h("input", { type: "checkbox", checked: shown.has(name), onchange: (event) => this.#set(name, event.target.checked) }),
        h("span", { class: "cut" }, about && name === "number" ? about : text),
      )),
    ));
    const reset = h("button", { class: "button small", type: "button", onclick: () => this.#reset() }, "As at first");
    fill(this.#panel, h("div", { class: "chooser-lists" }, lists), reset);
  }

  // A column that is added stands where it stands in the list, not at the end.
  #set(name, isShown) {
    const shown = new Set(this.columns.map((column) => column.name));
    if (isShown) shown.add(name);
    else shown.delete(name);
    const before = this.columns.map((column) => column.name).filter((each) => shown.has(each));
    const all = groups(this.#model).flatMap(([, columns]) => columns.map((column) => column.name));
    this.#names = isShown ? inserted(before, name, all) : before;
    this.#keep();
  }

  #reset() {
    this.#names = null;
    this.#keep();
    this.#draw();
  }

  get #key() {
    return `sweepcli.columns.${this.#model.sweep.id}`;
  }

  #remembered() {
    try {
      const found = JSON.parse(localStorage.getItem(this.#key));
      return Array.isArray(found) ? found : null;
    } catch {
      return null;
    }
  }

  #keep() {
    try {
      if (this.#names) localStorage.setItem(this.#key, JSON.stringify(this.#names));
      else localStorage.removeItem(this.#key);
    } catch {
      // then it holds until the page is left
    }
    this.#onChange();
  }
}

/** Return names with another one, behind the one that precedes it in the list of all. */
function inserted(names, name, all) {
  const before = new Set(all.slice(0, all.indexOf(name)));
  const place = names.findLastIndex((each) => before.has(each)) + 1;
  return [...names.slice(0, place), name, ...names.slice(place)];
}
