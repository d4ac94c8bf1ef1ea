// The rows of a table: in an order, and as CSV.

import { h } from "./dom.js";

const INFINITE = /^-?Infinity$/;
const collator = new Intl.Collator("en", { numeric: true });

/** Return the visible rows of a model as a Uint32Array, ordered by a column. */
export function ordered(model, { name, isDescending }) {
  const rows = new Uint32Array(model.n).map((_, row) => row).filter((row) => model.visible[row]);
  if (name === "number") return isDescending ? rows.reverse() : rows; // that is how they lie
  const ranks = ranksOf(model.column(name));
  const sign = isDescending ? -1 : 1;
  return rows.sort((one, other) => {
    const [a, b] = [ranks[one], ranks[other]];
    const [isLast, isOtherLast] = [Number.isNaN(a), Number.isNaN(b)]; // nothing to order by
    return isLast - isOtherLast || (isLast ? 0 : sign * (a - b)) || one - other;
  });
}

/** Return a number for each value, by which they are ordered; NaN for none. */
function ranksOf(values) {
  const texts = new Map();
  let largest = 0;
  for (const value of values) {
    if (typeof value !== "number" && value !== null) texts.set(String(value), 0);
    else if (Number.isFinite(value)) largest = Math.max(largest, value);
  }
  const sorted = [...texts.keys()].sort(collator.compare);
  for (const [place, text] of sorted.entries()) texts.set(text, largest + 1 + place);
  return Float64Array.from(values, (value) => {
    if (value === null) return NaN;
    return typeof value === "number" ? value : texts.get(String(value));
  });
}

/** Return rows of a model as CSV, the exact values under the names of columns. */
export function csvText(model, rows, columns) {
  const values = columns.map((column) => model.column(column.name));
  const known = new Set(); // columns that have had a value
  const cell = (column, row) => {
    const value = column[row] ?? null;
    if (value === null) return "";
    const isFirst = !known.has(column);
    known.add(column);
    return INFINITE.test(value) ? infinite(value, isFirst) : field(value);
  };
  const lines = Array.from(rows, (row) => values.map((column) => cell(column, row)).join(","));
  return [headings(columns).map(field).join(","), ...lines, ""].join("\n");
}

// A param may have the name of one of our columns; readers need to tell them apart.
function headings(columns) {
  const own = new Set(columns.map((column) => column.name));
  return columns.map(({ name }) => {
    const bare = name.replace(/^params\./, "");
    return own.has(bare) ? name : bare;
  });
}

// As `sweep export` writes them, so that readers take them for floats: of `inf` as the first value
// of a column, duckdb makes a date.
function infinite(value, isFirst) {
  return `${value.startsWith("-") ? "-" : ""}${isFirst ? "1e999" : "inf"}`;
}

function field(value) {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Let the browser keep a text as a file. */
export function download(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = h("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000); // it is read after the click has returned
}
