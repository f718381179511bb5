// The door of the guard's page: name and PIN, or the choice of an own PIN after the one-time PIN.
import { ask, fill } from "./ask.js";

const byId = (id) => document.getElementById(id);
const labels = JSON.parse(byId("labels").textContent);
const form = byId("enter") ?? byId("choose");
const button = form.querySelector("button");

function tell(answer) {
  const minutes = Math.ceil(answer.wait / 60);
  const text = labels[`problem.${answer.problem}`] ?? labels["problem.lost"];
  byId("problem").textContent = fill(text, { minutes });
  byId("pin").value = "";
  if (byId("again")) byId("again").value = "";
  byId("pin").focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const pin = byId("pin").value;
  byId("problem").textContent = "";
  if (byId("again") && pin !== byId("again").value) return tell({ problem: "pin_differs" });
  button.disabled = true;
  const answer = form.id === "enter"
    ? await ask("/login", { name: byId("name").value, pin, language: document.documentElement.lang }, 8000)
    : await ask("/pin", { pin }, 8000);
  button.disabled = false;
  if (answer.ok) location.replace("/");
  else if (form.id === "choose" && answer.problem === "wrong") location.replace("/"); // the one-time PIN has ended
  else tell(answer);
});

byId("language")?.addEventListener("change", (event) => location.replace(`/?language=${event.target.value}`));
