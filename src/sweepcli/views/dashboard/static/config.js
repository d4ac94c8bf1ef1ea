// The config that a sweep was made from.

import { isExported } from "./api.js";
import { h } from "./dom.js";
import { card, copyButton } from "./problem.js";

/** Return the card of the config, and of where the sweep's files are. */
export function configCard(model) {
  const { config, dir, description, path } = model.sweep;
  const facts = h(
    "dl",
    { class: "facts" },
    description && [h("dt", null, "About"), h("dd", null, description)],
    h("dt", null, "Path"),
    h("dd", { class: "mono" }, path),
    dir && !isExported && [h("dt", null, "Folder"), h("dd", { class: "mono" }, dir)],
  );
  const text = config && h("details", { class: "config" }, h("summary", null, "Config"), h("pre", { class: "code", tabindex: "0" }, config));
  return card("About", { push: config && copyButton(() => config, "Copy config", "") }, facts, text);
}
