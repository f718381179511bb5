// "Write it on paper": the next number, and the slips that are typed in afterwards. Nothing of a slip stays on the page
// once the kiosk has it.
import { ask, fill } from "./ask.js";

const SCAN_MS = 20_000;

export function paper({ labels, say }) {
  const byId = (id) => document.getElementById(id);
  const form = byId("slip-form");
  let waiting = [];
  let card = false;

  function learn(now) {
    waiting = now.slips;
    byId("slips-waiting").textContent = waiting.length ? fill(labels["paper.waiting"], { numbers: waiting.join(", ") }) : labels["paper.none"];
    byId("paper-mode").setAttribute("aria-pressed", now.paper);
    byId("paper-mode").textContent = labels[now.paper ? "paper.off" : "paper.on"];
  }

  async function give() {
    const answer = await ask("/slip");
    if (!answer.ok) return say(answer, "");
    byId("slip-number").textContent = answer.number;
    waiting = [...waiting, answer.number];
  }

  async function turn(on) {
    const answer = await ask("/paper", { on });
    say(answer, labels[on ? "done.paper_on" : "done.paper_off"]);
    if (answer.ok && on) await give();
  }

  function begin(open) {
    clear();
    byId("slip-of").value = waiting[0] ?? "";
    byId("slip-day").value = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10); // Viet Nam, whatever the phone thinks
    open("slip");
  }

  function clear() {
    card = false;
    form.reset();
    byId("slip-identity").disabled = false;
    byId("slip-problem").textContent = "";
    byId("scan").textContent = labels["slip.scan"];
  }

  async function scan() {
    const button = byId("scan");
    button.disabled = true;
    button.textContent = labels["slip.scanning"];
    const answer = await ask("/scan", {}, SCAN_MS);
    button.disabled = false;
    card = answer.ok;
    byId("slip-identity").value = "";
    byId("slip-identity").disabled = card;
    button.textContent = labels[card ? "slip.scanned" : "slip.scan"];
    byId("slip-problem").textContent = card ? "" : labels[`problem.${answer.problem}`] ?? labels["problem.lost"];
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const save = form.querySelector(".primary");
    save.disabled = true;
    const answer = await ask("/slips", { slips: [{
      number: Number(byId("slip-of").value), people: Number(byId("slip-people").value), told: `${byId("slip-day").value}T${byId("slip-time").value}`,
      direction: form.elements.direction.value, ...(card ? { card: true } : { identity: byId("slip-identity").value }),
    }] });
    save.disabled = false;
    if (!answer.ok && answer.problem !== "ended") {
      byId("slip-problem").textContent = labels[`problem.${answer.problem}`] ?? labels["problem.lost"];
      return;
    }
    clear();
    byId("slip").close();
    say(answer, labels["done.slip"]);
  });
  byId("slip").addEventListener("close", clear);
  return { learn, give, turn, begin, scan };
}
