// Light or dark: what the system prefers, until the person chooses otherwise.

import { button, remember, remembered } from "./dom.js";

const CHOICES = ["system", "light", "dark"];
const GLYPHS = { system: "◐", light: "☀", dark: "☾" };

let chosen = "system";

function darkScheme() {
  return matchMedia("(prefers-color-scheme: dark)");
}

// The event is for canvases, which do not see that properties have changed.
function show() {
  const isDark = chosen === "dark" || (chosen === "system" && darkScheme().matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  document.dispatchEvent(new Event("themechange"));
}

/** Colour the page, and follow the system from now on. */
export function startTheme() {
  chosen = CHOICES.find((choice) => choice === remembered("theme")) ?? "system";
  darkScheme().addEventListener("change", show);
  show();
}

/** Call a function at every change of colours; returns a function that ends it. */
export function onTheme(callback) {
  document.addEventListener("themechange", callback);
  return () => document.removeEventListener("themechange", callback);
}

/** Return the button that goes from system to light to dark. */
export function themeButton() {
  const following = () => CHOICES[(CHOICES.indexOf(chosen) + 1) % CHOICES.length];
  const element = button("quiet.icon", "", () => {
    chosen = following();
    remember("theme", chosen);
    show();
    label();
  });
  function label() {
    element.textContent = GLYPHS[chosen];
    element.title = `Colours: ${chosen}. Click for ${following()}.`;
    element.setAttribute("aria-label", element.title);
  }
  label();
  return element;
}

/** Return the colour of a custom property as it is now. */
export function colourOf(property) {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim();
}
