// Rows of a table as a file.

import { h } from "./dom.js";

/** Return rows of a model as CSV, the exact values under the names of columns. */
export function csvText(model, rows, columns) {
  const values = columns.map((column) => model.column(column.name));
  const lines = Array.from(rows, (row) => values.map((column) => field(column[row])).join(","));
  return [headings(columns).map(field).join(","), ...lines, ""].join("\n");
}

// A param may be called as one of our columns is; readers need to tell them apart.
function headings(columns) {
  const own = new Set(columns.map((column) => column.name));
  return columns.map(({ name }) => {
    const bare = name.replace(/^params\./, "");
    return own.has(bare) ? name : bare;
  });
}

function field(value) {
  if (value === null || value === undefined) return "";
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
