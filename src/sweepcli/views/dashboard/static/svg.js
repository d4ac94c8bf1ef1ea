// Drawing with elements, for what is few and is pointed at: axes, ticks, brushes.

const SPACE = "http://www.w3.org/2000/svg";

/** Return an SVG element with attributes and children. */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SPACE, tag);
  place(element, attributes);
  element.append(...children.flat(Infinity));
  return element;
}

/** Set attributes of an SVG element. */
export function place(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
