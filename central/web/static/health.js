// The page of health follows the machines without being asked. A reader who stands in it is not moved: nothing changes
// while the keyboard is in the page or the window is behind another. Without this script there is the link.
"use strict";
const EVERY_MS = 15000;
async function look() {
  const main = document.getElementById("main");
  if (document.hidden || (main.contains(document.activeElement) && document.activeElement !== main)) return;
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return; // signed out meanwhile: the next click says so
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
  if (fresh) main.replaceChildren(...fresh.childNodes);
}
setInterval(() => look().catch(() => {}), EVERY_MS); // the centre is away: what is shown stays, with its time
