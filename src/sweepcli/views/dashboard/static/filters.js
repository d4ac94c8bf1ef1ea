// What decides which rows are visible: an expression, states that are hidden, brushes on axes.

/** The filters of a model; a row is visible when it passes all. */
export class Filters {
  brushes = new Map(); // axis -> {predicate, label}
  hiddenStates = new Set();
  text = "";
  #numbers = null;

  setBrush(axis, predicate, label) {
    if (predicate) this.brushes.set(axis, { predicate, label });
    else this.brushes.delete(axis);
  }

  setFilter(text, numbers) {
    this.text = text;
    this.#numbers = numbers === null ? null : new Set(numbers);
  }

  setStateShown(state, isShown) {
    if (isShown) this.hiddenStates.delete(state);
    else this.hiddenStates.add(state);
  }

  clear() {
    this.brushes.clear();
    this.hiddenStates.clear();
    this.setFilter("", null);
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
