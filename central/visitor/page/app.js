// Where the page begins, and which address shows which screen. Addresses are parts behind #: they never leave the phone.

import { get } from "./api.js";
import { sendAll } from "./queue.js";
import { able } from "./sign.js";
import { open, read } from "./store.js";
import { begin } from "./words.js";
import { leave, screenNow } from "./view.js";
import { alertsScreen, freshAlerts, refreshMine } from "./mine.js";
import { dataScreen } from "./screen-data.js";
import { declareScreen } from "./screen-declare.js";
import { claimScreen, historyScreen } from "./screen-history.js";
import { languageScreen, moreScreen } from "./screen-more.js";
import { familyScreen, passScreen, printScreen } from "./screen-pass.js";
import { placeScreen } from "./screen-place.js";
import { scanScreen } from "./screen-scan.js";
import { wellScreen } from "./screen-well.js";

const MOST_FORMS = 4;

const SCREENS = {
  "": passScreen,
  pass: passScreen,
  family: familyScreen,
  print: printScreen,
  scan: scanScreen,
  place: placeScreen,
  declare: declareScreen,
  well: wellScreen,
  more: moreScreen,
  language: languageScreen,
  history: historyScreen,
  claim: claimScreen,
  data: dataScreen,
  alerts: alertsScreen,
};

export async function start() {
  const poster = /^\/GPV1\/([A-Z2-7]+)\/?$/i.exec(location.pathname);
  if (poster) history.replaceState(null, "", `/v/#place/${poster[1].toUpperCase()}`);
  await Promise.all([begin(), open()]); // the words come while the store opens
  addEventListener("hashchange", route);
  await route();
  addEventListener("online", catchUp);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) catchUp();
  });
  await Promise.all([catchUp(), install()]);
}

async function route() {
  const turn = leave();
  const here = location.hash.slice(1);
  const [name, ...parts] = here.split("/");
  const known = Object.hasOwn(SCREENS, name) ? SCREENS[name] : passScreen;
  await known(...parts);
  if (turn === screenNow()) document.getElementById("main").dataset.at = here; // what is up, for whoever looks on
}

// What waited for a network goes out; what the centre has to say comes in. An alert is shown before anything else.
async function catchUp() {
  if (!(await read("passes", [])).length) return;
  await sendAll();
  await refreshMine();
  const calm = ["", "pass", "more"].includes(location.hash.slice(1));
  if (calm && (await freshAlerts()).length) location.hash = "alerts";
}

// The page stays on the phone: one service worker for /v/, one for the posters' addresses.
async function install() {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  try {
    await Promise.all([
      workers.register("/v/sw.js", { scope: "/v/" }),
      workers.register("/GPV1/sw.js", { scope: "/GPV1/" }),
    ]);
    await workers.ready;
  } catch {
    return;
  } // a private window without service workers: the page works while there is a network
  const extra = [
    document.body.dataset[(await able()) ? "none" : "old"],
    "BarcodeDetector" in self ? null : document.body.dataset.jsqr,
  ];
  await Promise.allSettled([keepForms(), ...extra.filter(Boolean).map((url) => fetch(url))]);
}

// The forms that are asked for just now, so that they can be filled in without a network.
async function keepForms() {
  const told = await get("/v/api/orders");
  const forms = new Set([told.daily, ...told.orders.map((order) => order.form)].filter(Boolean));
  await Promise.allSettled(
    [...forms].slice(0, MOST_FORMS).map((form) => get(`/v/api/form?canonical=${encodeURIComponent(form)}`)),
  );
}
