// Building the page. Text only ever becomes a text node, so nothing that a run is called is markup.

/**
 * Return an element: `h("button.primary", { type: "button" }, "Save")`.
 *
 * The tag is followed by its classes; attributes come next and may be left out: `on…` functions are
 * listeners, `dataset` and `style` are maps. The rest are children.
 */
export function h(tagAndClasses, ...rest) {
  const [tag, ...classes] = tagAndClasses.split(".");
  const element = document.createElement(tag);
  element.classList.add(...classes);
  const attributes = isAttributes(rest[0]) ? rest.shift() : {};
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  append(element, rest);
  return element;
}

function isAttributes(value) {
  return value?.constructor === Object;
}

function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "class") element.className = `${element.className} ${value}`.trim();
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (name === "style") setStyle(element, value);
  else if (name === "value" || name === "checked" || name === "disabled" || name === "open")
    element[name] = value;
  else element.setAttribute(name, value === true ? "" : String(value));
}

// Through the object model, since the content security policy has no style attributes.
function setStyle(element, style) {
  for (const [property, value] of Object.entries(style)) element.style.setProperty(property, value);
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** Return a button with the classes of a look, such as "quiet.small", that calls a function. */
export function button(look, text, onclick, attributes = {}) {
  return h(
    `button.button.${look}`.replace(/\.$/, ""),
    { type: "button", onclick, ...attributes },
    text,
  );
}

/** Return a box to tick, with a text beside it; `onChange` is called with whether it is ticked. */
export function checkbox(text, onChange, { isOn = false, ...attributes } = {}) {
  const onchange = (event) => onChange(event.target.checked);
  return h(
    "label.tick.row",
    attributes,
    h("input", { type: "checkbox", checked: isOn, onchange }),
    text,
  );
}

/** Return a link to the page of a run. */
export function runLink(id, text, attributes = {}) {
  return h("a", { href: `/run/${encodeURIComponent(id)}`, ...attributes }, text);
}

/** Return the path of the page of a sweep. */
export function sweepPath(id) {
  return `/sweep/${encodeURIComponent(id)}`;
}

/** Return the text that the browser remembers under a name, or null. */
export function remembered(name) {
  try {
    return localStorage.getItem(`sweepcli.${name}`);
  } catch {
    return null; // storage can be forbidden
  }
}

/** Let the browser remember a text; null to forget it. */
export function remember(name, text) {
  try {
    if (text === null) localStorage.removeItem(`sweepcli.${name}`);
    else localStorage.setItem(`sweepcli.${name}`, text);
  } catch {
    // then it lasts until the page is closed
  }
}

/** Replace everything in an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** Show or hide an element. */
export function setShown(element, isShown) {
  element.hidden = !isShown;
}

/** Set a text if it is another one, so that a selection in it survives updates. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Fill an element if its state has changed, so that a link in it keeps the focus. */
export function fillIfChanged(element, state, children) {
  const text = JSON.stringify(state);
  if (element.dataset.shown === text) return;
  element.dataset.shown = text;
  fill(element, children());
}

/** Return a function that calls another once in the next frame, however often it is called. */
export function oncePerFrame(callback) {
  let frame = 0;
  const request = () => {
    if (frame) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      callback();
    });
  };
  request.cancel = () => {
    cancelAnimationFrame(frame);
    frame = 0;
  };
  return request;
}

/** Return a function that calls another when it has not been called for some time. */
export function whenQuiet(milliseconds, callback) {
  let timer = 0;
  const request = (...given) => {
    clearTimeout(timer);
    timer = setTimeout(callback, milliseconds, ...given);
  };
  request.cancel = () => clearTimeout(timer);
  return request;
}

/** Whether a key is held that gives a click or a press another meaning. */
export function hasModifier(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}

/** Whether a key press belongs to a field that is being typed in. */
export function isTyping(event) {
  const field = event.target;
  return field.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(field.tagName);
}

const SPACE = "http://www.w3.org/2000/svg";

/** Return an SVG element with attributes and children. */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SPACE, tag);
  setAttributes(element, attributes);
  element.append(...children.flat(Infinity));
  return element;
}

/** Set attributes of an SVG element. */
export function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
