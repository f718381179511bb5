// What waits at the gate over the last two minutes, and what has arrived. Red bands: the cable was cut.
import { byId, count, word, write } from "./talk.js";

const SPAN_MS = 120_000;
const samples = [];

export function drawNumbers(state) {
  const now = performance.now();
  samples.push({ at: now, backlog: state.backlog, cut: state.network === "cut" });
  while (samples.length && now - samples[0].at > SPAN_MS) samples.shift();
  drawChart(now);
  write(byId("backlog"), count(state.backlog));
  write(byId("oldest"), state.oldest_s == null || !state.backlog ? "" : `· ${word("bench.oldest", { seconds: Math.round(state.oldest_s) })}`);
  drawReceipt(state);
  drawCentral(state.central);
}

function drawChart(now) {
  const most = Math.max(10, ...samples.map((sample) => sample.backlog));
  const x = (at) => (400 * (1 - (now - at) / SPAN_MS)).toFixed(1);
  const y = (backlog) => (100.5 - (97 * backlog) / most).toFixed(1);
  const points = samples.map((sample) => `${x(sample.at)} ${y(sample.backlog)}`).join(" L");
  byId("line").setAttribute("d", `M${points}`);
  byId("area").setAttribute("d", `M${x(samples[0].at)} 100.5 L${points} L400 100.5 Z`);
  write(byId("most"), `↑ ${count(most)}`);
  const bands = [];
  for (const [index, sample] of samples.entries()) {
    if (!sample.cut) continue;
    if (index && samples[index - 1].cut) bands.at(-1)[1] = sample.at;
    else bands.push([sample.at, sample.at]);
  }
  byId("cuts").replaceChildren(...bands.map(([from, to]) => {
    const band = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ x: x(from), y: 0, width: Math.max(1, x(to) - x(from)), height: 104 })) band.setAttribute(name, value);
    return band;
  }));
}

function drawReceipt({ receipt, outbox }) {
  const parts = receipt ? ["through", "generation", "n"].map((name) => `${word(`bench.receipt.${name}`)} ${count(receipt[name])}`) : [word("bench.nothing")];
  write(byId("receipt"), parts.join(" · "));
  write(byId("out-total"), count(outbox.total));
  write(byId("out-received"), count(outbox.received));
  write(byId("out-rejected"), count(outbox.rejected));
  byId("share").style.setProperty("width", `${outbox.total ? (100 * outbox.received) / outbox.total : 0}%`);
}

function drawCentral(central) {
  write(byId("central-count"), central ? `${word("bench.visits")} ${count(central.visits)} · ${word("bench.devices")} ${count(central.devices)}` : word("bench.central.none"));
  const rows = (central?.last ?? []).slice(0, 4);
  const key = JSON.stringify([rows, word("bench.in")]); // the language is part of what is shown
  const table = byId("visits");
  if (table.dataset.key === key) return;
  table.dataset.key = key;
  table.replaceChildren(...rows.map((visit) => {
    const row = document.createElement("tr");
    const cells = [timeOf(visit.at), word(`bench.${visit.direction}`), visit.signal, visit.device].map((text) => Object.assign(document.createElement("td"), { textContent: text ?? "" }));
    const shape = document.createElement("i");
    shape.className = visit.signal;
    cells[2].prepend(shape);
    row.append(...cells);
    return row;
  }));
}

/** The time of day of an ISO 8601 stamp, at the gate's own clock; anything else as it is. */
const timeOf = (at) => /T(\d\d:\d\d:\d\d)/.exec(at)?.[1] ?? at;
