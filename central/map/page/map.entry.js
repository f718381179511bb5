// The page /map: the drawn map gives way to a live one, the list answers while somebody types, both follow the snapshot.
import { Atlas } from "./atlas.js";
import { Listing, grouped } from "./listing.js";
import { poll } from "./polling.js";

const world = document.querySelector(".mapworld");
const words = JSON.parse(world.dataset.words);
const fresh = document.getElementById("fresh");
const chips = document.querySelector("nav.states");
const form = document.querySelector("form.find");
const shapesOf = Object.fromEntries([...chips.querySelectorAll("a")].map((one) => [one.dataset.state, one.querySelector("svg")]));
const VIET_NAM = { timeZone: "Asia/Ho_Chi_Minh" };
const day = (ms) => new Date(ms).toLocaleDateString("en-GB", VIET_NAM);
const since = (ms) => words.since.replace("{day}", day(ms));
const known = { boot: "", version: -1, at: Date.now() };
let atlas = null;
let file = { province: null, boot: "", version: -1, at: 0 };

const listing = new Listing(document.getElementById("list"), form, chips, words, () => {
  if (!atlas) return;
  atlas.filter = wanted();
  atlas.marks.redraw();
});

function wanted() {
  const state = listing.state();
  const kind = listing.kind();
  return (one) => (!state || one.state === state) && (!kind || one.kind === kind);
}

async function open(province) {
  listing.show(province);
  const said = form.elements.province;
  if (said) said.value = province;
  await load(province, true);
}

async function load(province, fit) {
  if (!atlas) return;
  if (!province) {
    file = { province: null, boot: "", version: -1, at: 0 };
    return atlas.show("", []);
  }
  const answer = await fetch(`/map/places/${province}.json`).catch(() => null);
  if (!answer || !answer.ok) return;
  const told = await answer.json();
  file = { province, boot: told.boot, version: told.version, at: Date.now() };
  if (fit) atlas.show(province, told.places);
  else {
    atlas.places = new Map(told.places.map((one) => [one.id, one]));
    atlas.marks.redraw();
  }
}

// What was missed between two questions (a phone that slept) is in the base file, and only there.
function missed(told) {
  if (!file.province) return false;
  if (file.boot !== told.boot) return Date.now() - file.at > 60000; // another process answers: look anew, not each time
  return file.version < told.base;
}

function follow(told) {
  if (told) {
    if (missed(told)) load(file.province, false);
    for (const one of told.changed) {
      listing.change(one, (state) => shapesOf[state].cloneNode(true), since);
      if (atlas) atlas.change(one);
    }
    if (file.boot === told.boot) file.version = told.version;
    listing.counts(told.provinces, told.states);
    told.states.forEach((state, at) => {
      const chip = chips.querySelector(`[data-state="${state}"] b`);
      chip.textContent = grouped(told.total[at]);
    });
    if (atlas) {
      atlas.counts = told.provinces;
      atlas.marks.redraw();
    }
    Object.assign(known, { boot: told.boot, version: told.version });
    world.dataset.version = told.version;
  }
  known.at = Date.now();
  fresh.classList.remove("stale");
  fresh.textContent = words.fresh.replace("{at}", clock(known.at));
}

function stale() {
  fresh.classList.add("stale");
  fresh.textContent = words.stale.replace("{at}", clock(known.at));
}

const clock = (ms) => new Date(ms).toLocaleTimeString("en-GB", VIET_NAM);

async function begin() {
  const shapes = world.dataset.shapes && (await fetch(world.dataset.shapes).then((answer) => answer.json()).catch(() => null));
  if (shapes) {
    const names = JSON.parse(world.dataset.names);
    const tell = { open, since };
    atlas = new Atlas(document.querySelector(".atlas"), shapes, words, names, JSON.parse(world.dataset.islands), tell);
    atlas.filter = wanted();
    if (world.dataset.province) await load(world.dataset.province, true);
  }
  poll("/map/snapshot.json", follow, stale);
}

document.getElementById("list").addEventListener("click", (event) => {
  const link = event.target.closest("a[data-province]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link.dataset.province);
});
begin();
