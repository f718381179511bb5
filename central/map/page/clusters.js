// Places that lie in one cell of a grid of the screen become one ring. The grid hangs on the world's corner, not on the
// screen's, so that dragging does not shuffle it.
import { STATES } from "./marks.js";

export const MOST = 8; // places of a cell that can be told one by one

export function clusters(places, project, cell, inside) {
  const cells = new Map();
  for (const place of places) {
    const { x, y } = project(place.lat, place.lon);
    if (!inside(x, y)) continue;
    const key = `${Math.floor(x / cell)} ${Math.floor(y / cell)}`;
    let found = cells.get(key);
    if (!found) cells.set(key, (found = { x: 0, y: 0, many: 0, counts: blank(), places: [] }));
    found.x += x;
    found.y += y;
    found.many += 1;
    found.counts[place.state] += 1;
    if (found.places.length < MOST) found.places.push(place);
  }
  const held = [...cells.values()].sort((a, b) => b.many - a.many);
  for (const found of held) {
    found.x /= found.many;
    found.y /= found.many;
  }
  return merged(held, cell * 0.85);
}

// Two heaps on either side of a line of the grid may lie close together: the larger one takes the smaller.
function merged(held, near) {
  const kept = [];
  for (const one of held) {
    const host = kept.find((other) => Math.hypot(other.x - one.x, other.y - one.y) < near);
    if (!host) kept.push(one);
    else {
      host.many += one.many;
      for (const state of STATES) host.counts[state] += one.counts[state];
      host.places = [...host.places, ...one.places].slice(0, MOST);
    }
  }
  return kept;
}

// Rings of provinces that would lie on each other are moved apart a little.
export function apart(items, least) {
  for (let round = 0; round < 12; round++) {
    items.forEach((one, at) => {
      for (const other of items.slice(0, at)) {
        const far = Math.hypot(one.x - other.x, one.y - other.y);
        if (far >= least) continue;
        const [dx, dy] = far ? [(one.x - other.x) / far, (one.y - other.y) / far] : [0, 1];
        const step = (least - far) / 2;
        one.x += dx * step;
        one.y += dy * step;
        other.x -= dx * step;
        other.y -= dy * step;
      }
    });
  }
  return items;
}

export function blank() {
  return Object.fromEntries(STATES.map((state) => [state, 0]));
}
