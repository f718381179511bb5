// A long list: found by a few letters, without marks or case. Short ones are looked through here, longer ones asked for.
const PAUSE_MS = 120; // between the last letter and the question to the kiosk

const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d");

export function startList(page, ask) {
  const field = page.querySelector("[data-find]");
  if (!field) return;
  const rows = page.querySelector("#rows");
  const chosen = page.querySelector("#chosen");
  const kept = new Map(Object.entries(JSON.parse(chosen?.dataset.names ?? "{}"))); // place -> name, also of rows not shown
  const far = field.dataset.find === "far";
  // What is shown, and the names in Latin letters: the keyboard writes no others.
  const names = new Map([...rows.querySelectorAll("[data-pick]")].map((row) => [row, [fold(row.textContent), ...(row.dataset.also ?? "").split("|")]]));
  let timer = 0;

  function tell() {
    if (!chosen) return;
    chosen.textContent = `${chosen.dataset.said}: ${[...kept.values()].join(", ")}`;
    chosen.hidden = kept.size === 0;
    page.dataset.kept = JSON.stringify([...kept.keys()]);
  }

  page.addEventListener("picked", ({ detail: { place, name, on } }) => {
    if (on) kept.set(place, name);
    else kept.delete(place);
    tell();
  });

  function near() {
    const wanted = fold(field.value.trim());
    let found = 0;
    for (const [row, called] of names) {
      row.hidden = !called.some((name) => name.includes(wanted));
      if (!row.hidden) found += 1;
      row.classList.toggle("first", wanted !== "" && called.some((name) => name.startsWith(wanted)));
    }
    rows.querySelector("#none").hidden = found > 0;
    rows.closest("[data-scroll]").scrollTop = 0;
  }

  async function ask_() {
    const wanted = field.value;
    const answer = await ask(wanted);
    if (!answer || answer.status !== 200 || field.value !== wanted || !page.isConnected) return;
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    for (const row of made.content.querySelectorAll('[role="checkbox"]')) row.setAttribute("aria-checked", kept.has(row.dataset.pick));
    rows.replaceChildren(made.content);
    rows.closest("[data-scroll]").scrollTop = 0;
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (far) timer = setTimeout(ask_, PAUSE_MS);
    else near();
  });
  tell();
}
