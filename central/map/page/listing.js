// The list beside the map: asked for while somebody types, and kept true where a place in it changes.
const LATER_MS = 150;

export class Listing {
  constructor(node, form, chips, words, arrived) {
    Object.assign(this, { node, form, chips, words, arrived, timer: 0, asked: 0 });
    this.province = new URLSearchParams(location.search).get("province") || "";
    form.addEventListener("input", () => this.later());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.show();
    });
    chips.addEventListener("click", (event) => this.chip(event));
    addEventListener("popstate", () => location.reload());
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), LATER_MS);
  }

  state() {
    const chosen = this.chips.querySelector("[aria-current]");
    return chosen ? chosen.dataset.state : "";
  }

  kind() {
    return this.form.elements.kind.value;
  }

  chip(event) {
    const chip = event.target.closest("a[data-state]");
    if (!chip || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const was = chip.hasAttribute("aria-current");
    for (const one of this.chips.children) one.removeAttribute("aria-current");
    if (!was) chip.setAttribute("aria-current", "true");
    this.show();
  }

  address() {
    const said = new URLSearchParams();
    const add = (name, value) => value && said.set(name, value);
    add("q", this.form.elements.q.value.trim());
    add("state", this.state());
    add("kind", this.kind());
    add("province", this.province);
    return said;
  }

  async show(province = this.province) {
    this.province = province;
    const said = this.address();
    const query = said.toString();
    const mine = ++this.asked;
    const answer = await fetch(`/map/list?${query}`).catch(() => null);
    if (!answer || !answer.ok || mine !== this.asked) return;
    const text = await answer.text();
    if (mine !== this.asked) return;
    this.node.innerHTML = text; // of this house, escaped there
    history.replaceState(null, "", query ? `/map?${query}` : "/map");
    this.arrived();
  }

  // A place whose state changed while it stands in the list.
  change(one, shape, since) {
    const row = this.node.querySelector(`li[data-id="${CSS.escape(one.id)}"]`);
    if (!row) return;
    if (one.removed) return row.remove();
    row.querySelector(".sign").replaceChildren(shape(one.state));
    row.querySelector(".word").textContent = this.words[one.state];
    row.querySelector(".shut").hidden = !one.shut;
    row.querySelector(".since").textContent = since(one.since_ms);
  }

  counts(provinces, states) {
    for (const row of this.node.querySelectorAll("tr[data-province]")) {
      const counts = provinces[row.dataset.province] || states.map(() => 0);
      [...row.querySelectorAll("td")].forEach((cell, at) => (cell.textContent = counts[at] ? grouped(counts[at]) : "–"));
      row.classList.toggle("none", !counts.some(Boolean));
    }
  }
}

export const grouped = (number) => number.toLocaleString(document.documentElement.lang);
