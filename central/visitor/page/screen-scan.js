// The phone's camera looks for a poster. Pictures stay in memory and are let go at once.

import { h } from "./dom.js";
import { codeIn } from "./poster.js";
import { loadScript } from "./sign.js";
import { atEnd, back, go, screenNow, show, tell } from "./view.js";
import { say } from "./words.js";

const EVERY_MS = 200; // five pictures a second: a hand holds a poster in view for longer than that
const SIDE = 720;

export async function scanScreen() {
  const turn = screenNow();
  const video = h("video", { playsinline: true, muted: true, "aria-hidden": "true" });
  const hint = h("p", { class: "center", role: "status" }, say("scan.hint"));
  show(say("scan.title"), [
    h("div", { class: "finder" }, video),
    hint,
    h("p", { class: "quiet center" }, say("scan.kept")),
  ]);
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 1280 } },
    });
  } catch {
    if (turn === screenNow()) noCamera();
    return;
  }
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  if (turn !== screenNow()) return stop();
  atEnd(stop);
  video.srcObject = stream;
  await video.play().catch(() => {});
  const read = await reader();
  const timer = setInterval(async () => {
    if (video.readyState < 2) return;
    const text = await read(video).catch(() => null);
    if (text === null || turn !== screenNow()) return;
    const code = codeIn(text);
    if (code) {
      tell(say("scan.found"));
      go(`place/${code}`);
    } else hint.textContent = say("scan.other");
  }, EVERY_MS);
  atEnd(() => clearInterval(timer));
}

async function reader() {
  if ("BarcodeDetector" in self && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
  }
  if (!globalThis.gatepostReads) await loadScript(document.body.dataset.jsqr);
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = SIDE / Math.max(video.videoWidth, video.videoHeight, 1);
    [canvas.width, canvas.height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    return globalThis.gatepostReads(pen.getImageData(0, 0, canvas.width, canvas.height));
  };
}

function noCamera() {
  show(say("scan.none"), [h("p", {}, say("scan.none_do")), back("pass")]);
}
