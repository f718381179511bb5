// The way of one visit, process by process, with the cable between the gate and the network.
import { ask, byId, count, has, label, word, write } from "./talk.js";

const MOVING_MS = 1500;
const nodes = new Map();
const paused = new Map(); // name -> pid that was frozen from here, for a desk that does not tell "paused"
let receivedBefore = 0;
let movedAt = -MOVING_MS;

const copy = (id) => byId(id).content.firstElementChild.cloneNode(true);

function build(processes) {
  const names = processes.map((process) => process.name);
  if (names.length === nodes.size && names.every((name) => nodes.has(name))) return;
  nodes.clear();
  const items = [];
  for (const [index, name] of names.entries()) {
    if (name === "broker") items.push(copy("cable-link"));
    else if (names[index - 1] === "kiosk") items.push(copy("outbox-link"));
    else if (index > 0) items.push(copy("link"));
    const node = copy("node");
    node.dataset.name = name;
    nodes.set(name, node);
    items.push(node);
  }
  byId("path").replaceChildren(...items);
  label(byId("path"));
}

function stateOf(process) {
  if (process.state !== "running") paused.delete(process.name);
  return process.state === "running" && paused.get(process.name) === process.pid ? "paused" : process.state;
}

export function drawPath(state) {
  build(state.processes);
  for (const process of state.processes) {
    const node = nodes.get(process.name);
    const shown = stateOf(process);
    const title = has(`bench.process.${process.name}`) ? word(`bench.process.${process.name}`) : process.name;
    node.dataset.state = shown;
    write(node.querySelector("h3"), title);
    node.dataset.pid = process.pid ?? "";
    write(node.querySelector(".does"), word(has(`bench.does.${process.name}`) ? `bench.does.${process.name}` : "bench.does.other"));
    const facts = [word(`bench.state.${shown}`)];
    if (process.pid && shown !== "stopped") facts.push(process.pid);
    if (process.restarts) facts.push(word("bench.restarts", { count: process.restarts }));
    write(node.querySelector(".now"), facts.join(" · "));
    for (const button of node.querySelectorAll("button")) {
      button.title = `${word(`bench.${button.dataset.action}`)}: ${title}`;
      button.setAttribute("aria-label", button.title);
    }
  }
  drawLinks(state);
}

function drawLinks(state) {
  if (state.outbox.received > receivedBefore) movedAt = performance.now();
  receivedBefore = state.outbox.received;
  const cable = document.querySelector(".cable");
  byId("path").classList.toggle("moving", performance.now() - movedAt < MOVING_MS && state.network !== "cut");
  const drum = byId("drum");
  if (drum) {
    write(drum, count(state.backlog));
    drum.closest(".outbox").classList.toggle("full", state.backlog > 0);
  }
  if (!cable) return;
  cable.dataset.network = state.network;
  write(byId("network"), word(`bench.network.${state.network}`));
  for (const button of cable.querySelectorAll("button")) {
    button.title = word(`bench.${button.dataset.network}`);
    button.setAttribute("aria-label", button.title);
  }
}

export function listenPath(refresh) {
  byId("path").addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const name = button.closest(".node")?.dataset.name;
    const action = button.dataset.action;
    if (name && action === "pause") paused.set(name, Number(nodes.get(name).dataset.pid));
    if (name && action !== "pause") paused.delete(name);
    await (name ? ask("/process", { name, action }) : ask("/network", { action: button.dataset.network }));
    refresh();
  });
}
