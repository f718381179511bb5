// The bench page: asks the desk for its state twice a second and draws it.
import { drawNumbers } from "./chart.js";
import { drawSamples, listenCode } from "./code.js";
import { drawLamps, listenLamps } from "./lamps.js";
import { drawOrders, listenOrders } from "./orders.js";
import { drawPath, listenPath } from "./path.js";
import { drawRadio, listenRadio } from "./radio.js";
import { byId, chooseLanguage, has, languages, word, write } from "./talk.js";

const ASK_EVERY_MS = 500;
const PATIENCE_MS = 3000;
const SCREEN_AGAIN_MS = 3000;
let state = null;
let asking = false;
let screenSpoke = false;
let screenAskedAt = 0;

async function refresh() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch("/state", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new Error("refused");
    state = await answer.json();
    drawAll();
  } catch (error) {
    if (error instanceof TypeError || error.name === "TimeoutError" || error.message === "refused") tellHealth(word("bench.lost"), true);
    else throw error;
  } finally {
    asking = false;
  }
}

function drawAll() {
  if (!state) return;
  drawPath(state);
  drawSamples(state);
  drawLamps(state);
  drawNumbers(state);
  drawOrders(state);
  drawRadio(state);
  const down = [...state.processes, ...(state.radio ? [state.radio.process] : [])].filter((process) => process.state !== "running").length;
  tellHealth(down ? word("bench.somedown", { count: down }) : word("bench.allup"), down > 0);
  const reason = state.view?.reasons?.[0];
  write(byId("why"), reason ? word(has(`why.${reason}`) ? `why.${reason}` : "why.unknown") : "");
  for (const [id, url] of [["open-screen", state.screen_url], ["open-central", state.central_url]]) byId(id).href = url;
  openScreen();
}

/** A kiosk that was down when its page was asked for shows nothing for ever: ask again until the page has spoken. */
function openScreen() {
  const frame = byId("screen");
  const changed = frame.getAttribute("src") !== state.screen_url;
  if (!changed && (screenSpoke || performance.now() - screenAskedAt < SCREEN_AGAIN_MS)) return;
  screenSpoke = false;
  screenAskedAt = performance.now();
  frame.src = state.screen_url;
}

addEventListener("message", (event) => {
  if (event.source === byId("screen").contentWindow) screenSpoke = true;
});

function tellHealth(text, bad) {
  write(byId("health"), text);
  byId("health").classList.toggle("bad", bad);
}

new ResizeObserver(([box]) => {
  const { width, height } = box.contentRect;
  byId("screen").style.setProperty("scale", Math.max(0.1, Math.min((width - 8) / 824, (height - 4) / 504)));
}).observe(byId("screen-box"));

document.querySelector(".languages").addEventListener("click", (event) => {
  const tag = event.target.closest("button")?.dataset.language;
  if (!languages.includes(tag)) return;
  chooseLanguage(tag);
  drawAll();
});
listenPath(refresh);
listenCode(refresh);
listenLamps();
listenOrders(refresh);
listenRadio(refresh);
chooseLanguage(languages[0]);
refresh();
setInterval(refresh, ASK_EVERY_MS);
