// The lamp post, the buzzer and the sounds; they may be heard here too.
import { byId, clock, has, word, write } from "./talk.js";

const TONES = { // hertz (0 = pause) and seconds, as the kiosk's speaker says them
  scan: [[1760, 0.05]],
  ok: [[880, 0.1], [1320, 0.18]],
  ask: [[740, 0.14], [0, 0.06], [740, 0.14]],
  stop: [[660, 0.22], [0, 0.05], [520, 0.4]],
  fault: [[520, 0.15], [0, 0.1], [520, 0.15], [0, 0.1], [520, 0.15]],
};
let speaker = null;
let heardUntil = Date.now();

function list(element, rows) {
  const key = JSON.stringify(rows);
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  element.replaceChildren(...(rows.length ? rows : [["", word("bench.nothing")]]).map(([left, right]) => {
    const item = document.createElement("li");
    for (const text of [right, left]) item.append(Object.assign(document.createElement("span"), { textContent: text, title: text }));
    return item;
  }));
}

const lampWord = (lamps) => (has(`screen.lamp.${lamps}`) ? word(`screen.lamp.${lamps}`) : lamps);

export function drawLamps(state) {
  const last = state.lights ?? { lamps: "off", buzzer: "none" };
  byId("post").dataset.lamps = last.lamps;
  write(byId("pattern"), lampWord(last.lamps));
  write(byId("buzzer"), has(`bench.buzzer.${last.buzzer}`) ? word(`bench.buzzer.${last.buzzer}`) : last.buzzer);
  list(byId("lights-log"), (state.lights_log ?? []).slice(-4).reverse().map((line) => [clock(line.at_ms), lampWord(line.lamps)]));
  list(byId("sounds"), (state.sounds ?? []).slice(-2).reverse().map((line) => [clock(line.at_ms), line.sound]));
  for (const line of state.sounds ?? []) {
    if (line.at_ms > heardUntil) {
      heardUntil = line.at_ms;
      play(line.sound);
    }
  }
}

function play(name) {
  if (!speaker || !TONES[name]) return;
  let at = speaker.currentTime;
  for (const [hertz, seconds] of TONES[name]) {
    if (hertz) {
      const tone = new OscillatorNode(speaker, { frequency: hertz });
      tone.connect(new GainNode(speaker, { gain: 0.15 })).connect(speaker.destination);
      tone.start(at);
      tone.stop(at + seconds);
    }
    at += seconds;
  }
}

export function listenLamps() {
  byId("hear").addEventListener("change", (event) => {
    speaker = event.target.checked ? new AudioContext() : null;
  });
}
