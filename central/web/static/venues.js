// "I am here" on the form of a place, and live counts on its desk. Both pages do their work without it.
for (const button of document.querySelectorAll("button.here")) {
  if (!navigator.geolocation) continue;
  button.hidden = false;
  const form = button.form, said = form.querySelector(".said");
  button.addEventListener("click", () => {
    said.textContent = button.dataset.wait;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lat.value = coords.latitude.toFixed(5);
        form.elements.lon.value = coords.longitude.toFixed(5);
        said.textContent = button.dataset.done.replace("{m}", Math.round(coords.accuracy));
      },
      () => { said.textContent = button.dataset.fail; },
      { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 },
    );
  });
}

const live = document.querySelector("[data-live]");
if (live) {
  // Asking keeps a session alive: nobody touched the page for ten minutes, and it asks no more.
  let left = 40;
  for (const touched of ["pointerdown", "keydown"]) addEventListener(touched, () => { left = 40; });
  setInterval(async () => {
    if (document.hidden || left-- <= 0) return;
    try {
      const answer = await fetch(live.dataset.live, { headers: { accept: "application/json" } });
      if (!answer.ok) return;
      const counts = await answer.json();
      for (const one of live.querySelectorAll("[data-count]")) {
        const value = counts[one.dataset.count];
        if (value !== undefined && one.textContent !== value) one.textContent = value;
      }
    } catch { /* the network is away: the numbers say of when they are */ }
  }, 15000);
}
for (const button of document.querySelectorAll("button.print")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
