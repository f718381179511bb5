// The map in somebody else's page: put anew where something changed.
import { poll } from "./polling.js";

let first = true;

async function anew() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById("main").replaceWith(page.getElementById("main"));
}

poll("/map/snapshot.json", (told) => {
  if (told && !first) anew();
  first = false;
}, () => {});
