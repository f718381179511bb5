// The four states on a canvas, in the shapes of templates/map/marks.html (a square of 24).
const BODY = {
  safe: new Path2D("M12 2a10 10 0 1 0 0 20 10 10 0 1 0 0-20z"),
  at_risk: new Path2D("M12 2.5 22.5 21h-21z"),
  unsafe: new Path2D("M8 2h8l6 6v8l-6 6H8l-6-6V8z"),
  not_assessed: new Path2D("M12 2.5a9.500 9.500 0 1 0 0 19 9.500 9.500 0 1 0 0-19z"),
};
const SIGN = {
  safe: new Path2D("m7.5 12.5 3 3 6-7"),
  at_risk: new Path2D("M12 9.500v5.500M12 18v.1"),
  unsafe: new Path2D("M7 12h10"),
};
export const STATES = ["safe", "at_risk", "unsafe", "not_assessed"];
const SERIOUS = ["unsafe", "at_risk", "not_assessed", "safe"];

export function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: of("ink"), ink2: of("ink2"), card: of("card"), soft: of("soft"), paler: of("paler"), here: of("stop-text"),
    body: { safe: of("allow"), at_risk: of("ask"), unsafe: of("stop"), not_assessed: of("card") },
    arc: { safe: of("allow"), at_risk: of("ask"), unsafe: of("stop"), not_assessed: of("ink2") },
    sign: { safe: of("on-sign"), at_risk: of("on-ask"), unsafe: of("on-sign") },
  };
}

export const worst = (counts) => SERIOUS.find((state) => counts[state] > 0) || "not_assessed";

export function drawMark(pen, state, x, y, size, colour) {
  pen.save();
  pen.translate(x - size / 2, y - size / 2);
  pen.scale(size / 24, size / 24);
  pen.lineCap = pen.lineJoin = "round";
  pen.fillStyle = colour.body[state];
  pen.fill(BODY[state]);
  pen.lineWidth = 2;
  pen.strokeStyle = state === "not_assessed" ? colour.ink2 : colour.card;
  pen.setLineDash(state === "not_assessed" ? [4, 3.46] : []);
  pen.stroke(BODY[state]);
  pen.setLineDash([]);
  if (SIGN[state]) {
    pen.strokeStyle = colour.sign[state];
    pen.lineWidth = 2.5;
    pen.stroke(SIGN[state]);
  }
  pen.restore();
}

// A ring for many places: its arcs say how many are in each state, its mark the most serious one.
export function drawRing(pen, counts, many, x, y, radius, colour) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
  pen.fillStyle = colour.card;
  pen.fill();
  let turn = -Math.PI / 2;
  const band = radius < 12 ? 4 : 5;
  pen.lineWidth = band;
  for (const state of STATES) {
    const end = turn + (counts[state] / many) * 2 * Math.PI;
    if (end > turn) {
      pen.beginPath();
      pen.arc(x, y, radius - band / 2, turn, end);
      pen.strokeStyle = colour.arc[state];
      pen.stroke();
    }
    turn = end;
  }
  if (radius < 12) return;
  pen.fillStyle = colour.ink;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.font = "700 13px 'Noto Sans', system-ui, sans-serif";
  pen.fillText(many < 10000 ? many : `${Math.floor(many / 1000)}k`, x, y + 1);
  drawMark(pen, worst(counts), x + radius * 0.75, y - radius * 0.75, radius * 0.8, colour);
}

export const radiusOf = (many, narrow) => (narrow ? 14 : 17) + Math.min(11, Math.log10(many) * (narrow ? 1.5 : 4));
