// Building the page. Text only ever becomes a text node, so nothing that a run is called is markup.

/** Return an element: attributes by name, `on…` functions as listeners, `dataset` and `style` as maps. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) setAttribute(element, name, value);
  append(element, children);
  return element;
}

function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "class") element.className = value;
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (name === "style") setStyle(element, value);
  else if (name === "value" || name === "checked" || name === "disabled" || name === "open") element[name] = value;
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

/** Return a function that calls another once in the next frame, however often it is called before. */
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

/** Whether a key press belongs to a field that is being typed in. */
export function isTyping(event) {
  const field = event.target;
  return field instanceof HTMLElement && (field.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(field.tagName));
}
