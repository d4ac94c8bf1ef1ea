// Rows in an order: numbers before texts, nothing always last.

const collator = new Intl.Collator("en", { numeric: true });

/** Return the visible rows of a model as a Uint32Array, ordered by a column. */
export function ordered(model, { name, isDescending }) {
  const rows = visibleRows(model);
  if (name === "number") return isDescending ? rows.reverse() : rows; // that is how they lie
  const ranks = ranksOf(model.column(name));
  const sign = isDescending ? -1 : 1;
  return rows.sort((one, other) => {
    const [a, b] = [ranks[one], ranks[other]];
    if (a === b) return one - other;
    if (a !== a || b !== b) return a !== a ? (b !== b ? one - other : 1) : -1; // NaN: nothing to order by
    return sign * (a - b) || one - other;
  });
}

function visibleRows({ n, visible, shown }) {
  const rows = new Uint32Array(shown);
  let at = 0;
  for (let row = 0; row < n; row += 1) if (visible[row]) rows[at++] = row;
  return rows;
}

/** Return a number for each value, by which they are ordered; NaN for none. */
function ranksOf(values) {
  const texts = new Map();
  let largest = 0;
  for (const value of values) {
    if (typeof value === "number") largest = Number.isFinite(value) ? Math.max(largest, value) : largest;
    else if (value !== null) texts.set(String(value), 0);
  }
  [...texts.keys()].sort(collator.compare).forEach((text, place) => texts.set(text, largest + 1 + place));
  return Float64Array.from(values, (value) => {
    if (value === null) return NaN;
    return typeof value === "number" ? value : texts.get(String(value));
  });
}
