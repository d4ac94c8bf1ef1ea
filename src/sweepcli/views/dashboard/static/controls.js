// Pause, resume, stop, cancel. What cannot be taken back asks first, in the page.

import { setState } from "./api.js";
import { fill, h } from "./dom.js";
import { many } from "./format.js";

const VERBS = {
  pause: { title: "Pause", says: "Runs at work may end; no others begin." },
  resume: { title: "Resume", says: "Hand out runs again." },
  stop: { title: "Stop", says: "Runs at work may end; the sweep is then finished." },
  cancel: { title: "Cancel", says: "End the runs at work, and the sweep.", kind: "danger" },
};
const OFFERED = {
  pending: ["stop", "cancel"],
  running: ["pause", "stop", "cancel"],
  paused: ["resume", "stop", "cancel"],
  finished: ["resume"],
  canceled: ["resume"],
};

/** The buttons of a sweep. */
export class Controls {
  #model;
  #onChanged;
  #state = null;
  #problem = h("div", { class: "controls-problem", role: "alert", hidden: true });
  #buttons = h("div", { class: "controls-buttons" });

  constructor(model, onChanged) {
    this.#model = model;
    this.#onChanged = onChanged;
    this.element = h("div", { class: "controls", role: "group", "aria-label": "Control the sweep" }, this.#buttons, this.#problem);
    model.on("sweep", () => this.#draw());
    this.#draw();
  }

  // Only for a new state: a question that is open is not taken away by every update.
  #draw() {
    const { state } = this.#model.sweep;
    if (state === this.#state) return;
    this.#state = state;
    fill(this.#buttons, (OFFERED[state] ?? []).map((verb) => this.#button(verb)));
  }

  #button(verb) {
    const { title, says, kind = "" } = VERBS[verb];
    const act = verb === "cancel" ? () => this.#question() : () => this.#send(verb);
    return h("button", { class: `button ${kind}`, type: "button", title: says, onclick: act }, title);
  }

  #question() {
    const running = this.#model.sweep.states.running ?? 0;
    const text = running ? `End ${many(running, "run")} and the sweep?` : "End the sweep?";
    const yes = h("button", { class: "button danger", type: "button", onclick: () => this.#send("cancel") }, "Cancel sweep");
    const no = h("button", { class: "button", type: "button", onclick: () => this.#redraw() }, "Keep it");
    const onkeydown = (event) => event.key === "Escape" && this.#redraw();
    fill(this.#buttons, h("div", { class: "question", role: "alertdialog", "aria-label": text, onkeydown }, h("span", null, text), yes, no));
    no.focus();
  }

  #redraw() {
    this.#state = null;
    this.#draw();
    this.#buttons.querySelector("button:last-child")?.focus();
  }

  async #send(verb) {
    for (const button of this.#buttons.querySelectorAll("button")) button.disabled = true;
    this.#problem.hidden = true;
    try {
      const { state } = await setState(this.#model.sweep.id, verb);
      this.#model.setSweep({ ...this.#model.sweep, state });
    } catch (problem) {
      this.#problem.textContent = problem.message;
      this.#problem.hidden = false;
    }
    this.#redraw();
    this.#onChanged();
  }
}
