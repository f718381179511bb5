// Elements without markup strings: what a visitor or the centre wrote is always text, never HTML.

const SVG = "http://www.w3.org/2000/svg";

// h("button", {class: "big", onclick: f}, "text", child, [children], null)
export function h(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) put(made, name, value);
  made.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

function put(made, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
  else if (name === "checked" || name === "value" || name === "open") made[name] = value;
  else made.setAttribute(name, value === true ? "" : value);
}

const PATHS = {
  pass: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM14 19v1M19 14v1",
  scan: "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M4 12h16",
  well: "M12 20s-7-4.6-8.6-9A4.6 4.6 0 0 1 12 7.6 4.6 4.6 0 0 1 20.600 11C19 15.400 12 20 12 20zM8 12h2l1.500-2.500 2 4L15 12h1",
  more: "M4 7h16M4 12h16M4 17h16",
  on: "M9 5l7 7-7 7",
  tick: "M5 12.500l4.500 4.500L19 7.500",
  ask: "M9.500 9a2.500 2.500 0 1 1 3.500 2.300c-.7.3-1 .9-1 1.700M12 16.500v.01",
  stop: "M7 12h10",
  place:
    "M12 21s-6.500-6-6.500-11a6.500 6.500 0 0 1 13 0c0 5-6.500 11-6.500 11zM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  phone: "M6 4h3l1.500 4-2 1.500a11 11 0 0 0 6 6l1.500-2 4 1.500v3a1 1 0 0 1-1 1A15 15 0 0 1 5 5a1 1 0 0 1 1-1z",
};

export function icon(name) {
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  drawn.append(path);
  return drawn;
}

const OUTLINES = {
  ALLOW: "M12 1.500a10.500 10.500 0 1 0 0 21 10.500 10.500 0 0 0 0-21z",
  ASK: "M12 2L23 21H1z",
  STOP: "M8 2h8l6 6v8l-6 6H8l-6-6V8z",
};
const INSIDE = { ALLOW: "tick", ASK: "ask", STOP: "stop" };

// The shape that says the signal without its colour: circle, triangle, octagon.
export function shape(signal) {
  const drawn = icon(INSIDE[signal]);
  drawn.setAttribute("class", `shape ${signal}`);
  const outline = document.createElementNS(SVG, "path");
  outline.setAttribute("d", OUTLINES[signal]);
  outline.setAttribute("class", "outline");
  drawn.prepend(outline);
  return drawn;
}

// A QR code as one path, one unit a module, with its quiet zone of four.
export function drawModules(modules, label) {
  const side = modules.length + 8;
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("viewBox", `0 0 ${side} ${side}`);
  drawn.setAttribute("shape-rendering", "crispEdges");
  drawn.setAttribute("class", "code");
  drawn.setAttribute("role", "img");
  drawn.setAttribute("aria-label", label);
  const path = document.createElementNS(SVG, "path");
  drawn.append(path);
  fillModules(drawn, modules);
  return drawn;
}

export function fillModules(drawn, modules) {
  const side = modules.length + 8;
  let d = "";
  modules.forEach((row, y) =>
    row.forEach((dark, x) => {
      if (dark) d += `M${x + 4} ${y + 4}h1v1h-1z`;
    }),
  );
  drawn.setAttribute("viewBox", `0 0 ${side} ${side}`);
  drawn.firstChild.setAttribute("d", d);
}
