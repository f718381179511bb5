// Sample orders, each with a switch. It shows what the gate holds, not what was asked of the centre.
import { ask, byId, has, word, write } from "./talk.js";

const rows = new Map();

function build(orders) {
  if (orders.length === rows.size && orders.every((order) => rows.has(order.id))) return;
  rows.clear();
  for (const order of orders) {
    const row = byId("order").content.firstElementChild.cloneNode(true);
    row.querySelector("button").dataset.order = order.id;
    rows.set(order.id, row);
  }
  byId("orders").replaceChildren(...rows.values());
}

export function drawOrders({ orders = [] }) {
  build(orders);
  for (const order of orders) {
    const row = rows.get(order.id);
    const button = row.querySelector("button");
    const name = row.querySelector(".order-name");
    write(name, has(`bench.order.${order.form}`) ? word(`bench.order.${order.form}`) : word("bench.order.other"));
    write(row.querySelector(".now"), word(order.changing ? "bench.order.changing" : order.on ? "bench.order.on" : "bench.order.off"));
    button.setAttribute("aria-checked", order.on);
    button.classList.toggle("changing", order.changing);
    button.disabled = order.changing;
  }
}

export function listenOrders(refresh) {
  byId("orders").addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    await ask("/order", { name: button.dataset.order, action: button.getAttribute("aria-checked") === "true" ? "off" : "on" });
    refresh();
  });
}
