// Check-ins made without a network: kept, then sent in the order they were made. Sending twice is harmless, since the
// centre knows a visit by pass, time, place and direction.

import { Away, No, ask } from "./api.js";
import { heldNow } from "./pass.js";
import { change, read } from "./store.js";

export const MOST = 200; // waiting; at 50 a request and a few visits a day that is weeks without a network
const AT_ONCE = 50;
const HISTORY = 200;

// Keep a visit, then try to send: [results in order], or null while there is no network.
export async function checkIn(visits) {
  await change("queue", [], (queue) => [...queue, ...visits].slice(-MOST));
  const sent = await sendAll();
  return sent === null ? null : visits.map((visit) => sent.find((one) => same(one.visit, visit))?.told ?? null);
}

const same = (one, other) => ["pass", "poster", "at_ms", "direction"].every((name) => one[name] === other[name]);

let sending = Promise.resolve();

// All that waits, for each pass; null when the network was not there. One at a time.
export function sendAll() {
  const done = sending.then(send, send);
  sending = done.catch(() => {});
  return done;
}

async function send() {
  const passes = await read("passes", []);
  const queue = await read("queue", []);
  const sent = [];
  for (const pass of passes) {
    const own = queue.filter((visit) => visit.pass === pass.id);
    for (let i = 0; i < own.length; i += AT_ONCE) {
      const part = own.slice(i, i + AT_ONCE);
      let told;
      try {
        told = (await ask(pass, "/v/api/visits", bodyOf(pass, part))).visits;
      } catch (error) {
        if (error instanceof Away || (error instanceof No && error.message === "too_fast")) return null;
        told = part.map(() => error.told ?? { error: "bad_request" });
      }
      sent.push(...part.map((visit, n) => ({ visit, told: told[n] ?? { error: "bad_request" } })));
      await settle(part, told);
    }
  }
  return sent;
}

function bodyOf(pass, visits) {
  return {
    visits: visits.map(({ poster, direction, at_ms, companions }) => ({ poster, direction, at_ms, companions })),
    held: heldNow(pass, Date.now()).map((one) => one.signed),
  };
}

async function settle(part, told) {
  await change("history", [], (history) => {
    const rows = part.map((visit, n) => row(visit, told[n] ?? {})).filter((one) => one !== null);
    return [...rows.reverse(), ...history].slice(0, HISTORY);
  });
  await change("queue", [], (queue) => queue.filter((visit) => !part.some((one) => same(one, visit))));
}

function row(visit, told) {
  if (told.error) return null;
  return {
    pass: visit.pass,
    at_ms: told.at_ms ?? visit.at_ms,
    place: told.place,
    name: told.name ?? visit.place,
    direction: told.direction,
    signal: told.signal,
    receipt: told.receipt,
    recorded: told.recorded,
  };
}

export const drop = (poster) => change("queue", [], (queue) => queue.filter((visit) => visit.poster !== poster));
