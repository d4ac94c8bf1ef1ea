// Light or dark: what the system prefers, until the person chooses otherwise.

import { h } from "./dom.js";

const KEY = "sweepcli.theme";
const CHOICES = ["system", "light", "dark"];
const GLYPHS = { system: "◐", light: "☀", dark: "☾" };
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

let chosen = remembered();

function remembered() {
  try {
    const found = localStorage.getItem(KEY);
    return CHOICES.includes(found) ? found : "system";
  } catch {
    return "system"; // storage can be forbidden
  }
}

function remember() {
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // then the choice holds until the page is left
  }
}

// Canvases hear of it by the event: nothing else tells them that properties have other values.
function show() {
  const isDark = chosen === "dark" || (chosen === "system" && prefersDark.matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  document.dispatchEvent(new Event("themechange"));
}

/** Colour the page, and follow the system from now on. */
export function startTheme() {
  prefersDark.addEventListener("change", show);
  show();
}

/** Call a function at every change of colours; returns a function that ends it. */
export function onTheme(callback) {
  document.addEventListener("themechange", callback);
  return () => document.removeEventListener("themechange", callback);
}

/** Return the button that goes from system to light to dark. */
export function themeButton() {
  const button = h("button", { class: "button quiet icon", type: "button", onclick: next });
  function label() {
    button.textContent = GLYPHS[chosen];
    button.title = `Colours: ${chosen}. Click for ${following()}.`;
    button.setAttribute("aria-label", button.title);
  }
  function next() {
    chosen = following();
    remember();
    show();
    label();
  }
  label();
  return button;
}

function following() {
  return CHOICES[(CHOICES.indexOf(chosen) + 1) % CHOICES.length];
}

/** Return the colour of a custom property as it is now. */
export function colourOf(property) {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim();
}
