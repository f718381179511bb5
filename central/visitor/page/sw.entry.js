// The service worker of /v/ and of /GPV1/: the page stays on the phone and opens without a network.
// GATEPOST_FILES stands before this script: the files of this edition. Nothing about a person is ever kept here.

const FILES = self.GATEPOST_FILES;
const EDITION = `gatepost-page ${FILES.join(" ")}`;
const SAID = "gatepost-said"; // forms, orders and places as the centre last told them: public, the same for everybody
const MOST_SAID = 60;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(EDITION)
      .then((cache) => cache.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(clearOld().then(() => self.clients.claim()));
});

async function clearOld() {
  const old = (await caches.keys()).filter((name) => name.startsWith("gatepost-page") && name !== EDITION);
  await Promise.all(old.map((name) => caches.delete(name)));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(shell(request, url));
  else if (/^\/(built\/visitor-|v\/(style|words|icon|lists))/.test(url.pathname))
    event.respondWith(kept(request, EDITION));
  else if (url.pathname === "/v/api/form") event.respondWith(kept(request, SAID));
  else if (/^\/v\/api\/(orders|place)/.test(url.pathname)) event.respondWith(fresh(request));
});

// The page of this edition at once; a newer edition comes with the next service worker.
async function shell(request, url) {
  if (!/^\/v\/?$/.test(url.pathname) && !/^\/GPV1\//i.test(url.pathname)) return fetch(request);
  return (await (await caches.open(EDITION)).match("/v/")) ?? fetch(request);
}

async function kept(request, name) {
  const cache = await caches.open(name);
  const held = await cache.match(request);
  if (held) return held;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone()).then(() => trim(cache, name));
  return answer;
}

async function fresh(request) {
  const cache = await caches.open(SAID);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone()).then(() => trim(cache, SAID));
    return answer;
  } catch (error) {
    const held = await cache.match(request);
    if (held) return held;
    throw error;
  }
}

async function trim(cache, name) {
  if (name !== SAID) return;
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST_SAID)).map((key) => cache.delete(key)));
}

self.addEventListener("push", (event) => {
  const told = read(event.data);
  event.waitUntil(
    self.registration.showNotification(told.title ?? "Gatepost", {
      body: told.text ?? told.body ?? "",
      icon: "/v/icon-192.png",
      data: { url: own(told.url) },
      tag: told.tag ?? "gatepost",
    }),
  );
});

function read(data) {
  try {
    return data?.json() ?? {};
  } catch {
    return { text: data?.text() ?? "" };
  }
}

// A notice opens this page and no other.
const own = (url) => (typeof url === "string" && url.startsWith("/v/") ? url : "/v/");

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
