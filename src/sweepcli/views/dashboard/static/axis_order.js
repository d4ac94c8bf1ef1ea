// Moving an axis to another place: by dragging its title, or with the arrow keys.

const LEAST = 4; // pixels of a drag, less is a click

/** Return a list with one of its items at another place. */
export function moved(items, item, place) {
  const others = items.filter((each) => each !== item);
  others.splice(Math.min(others.length, Math.max(0, place)), 0, item);
  return others;
}

/** Let a title be dragged; `places()` are the axes' x, `onMove(place)` hears where it is let go over, `onShift` how far. */
export function makeDraggable(handle, { places, index, onShift, onMove, onEnd }) {
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const start = event.clientX;
    let isDrag = false;
    handle.setPointerCapture(event.pointerId);
    const move = (next) => {
      const shift = next.clientX - start;
      isDrag ||= Math.abs(shift) >= LEAST;
      if (isDrag) onShift(shift);
    };
    const end = (last) => {
      handle.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) handle.removeEventListener(name, end);
      if (isDrag && last.type === "pointerup") onMove(nearestPlace(places(), places()[index] + last.clientX - start));
      onEnd();
    };
    handle.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) handle.addEventListener(name, end);
  });
}

function nearestPlace(places, x) {
  const distances = places.map((place) => Math.abs(place - x));
  return distances.indexOf(Math.min(...distances));
}
