// The code that is held before the camera: a text becomes a QR code, drawn live, with damage that a real one has.
import { ask, byId, complain, word, write } from "./talk.js";

const canvas = byId("canvas");
const brush = canvas.getContext("2d");
const PEN_PX = 11;
const DRAW_AFTER_MS = 120;

let modules = null;
let picture = null; // an uploaded file, shown as it is
let strokes = [];
let drawTimer = 0;
let sampleIds = "";
let unplugged = false;

const damage = () => Object.fromEntries([...byId("damage").querySelectorAll("input")].map((input) => [input.name, Number(input.value)]));

function codeSheet(size) {
  const quiet = 4; // modules of white around the code, ISO/IEC 18004 section 5.3.8
  const sheet = new OffscreenCanvas((modules.length + 2 * quiet) * size, (modules.length + 2 * quiet) * size);
  const pen = sheet.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, sheet.width, sheet.height);
  pen.fillStyle = "#15181a";
  modules.forEach((row, y) => [...row].forEach((dark, x) => {
    if (dark === "1") pen.fillRect((x + quiet) * size, (y + quiet) * size, size, size);
  }));
  return sheet;
}

function drawTable() {
  const light = brush.createLinearGradient(0, 0, 640, 480);
  light.addColorStop(0, "#8b877f");
  light.addColorStop(1, "#5c5953");
  brush.fillStyle = light;
  brush.fillRect(0, 0, 640, 480);
}

function drawCode({ size, tilt, crease, blur }) {
  const sheet = codeSheet(size);
  const half = Math.floor(sheet.height * 0.46);
  const fold = crease * 0.012;
  brush.save();
  brush.filter = blur ? `blur(${blur}px)` : "none";
  brush.translate(320, 240);
  brush.rotate((tilt * Math.PI) / 180);
  brush.transform(1, 0, Math.sin((tilt * Math.PI) / 180) * 0.25, 1 - Math.abs(tilt) / 160, 0, 0);
  // A creased card is two planes: each half leans its own way and the fold catches the light.
  for (const [from, to, lean] of [[0, half, fold], [half, sheet.height, -fold]]) {
    brush.save();
    brush.transform(1, lean * 0.4, lean, 1, 0, 0);
    brush.drawImage(sheet, 0, from, sheet.width, to - from, -sheet.width / 2, from - sheet.height / 2, sheet.width, to - from);
    brush.fillStyle = lean < 0 ? `rgb(0 0 0 / ${crease * 0.028})` : "transparent";
    brush.fillRect(-sheet.width / 2, from - sheet.height / 2, sheet.width, to - from);
    brush.restore();
  }
  if (crease) {
    brush.fillStyle = `rgb(255 255 255 / ${Math.min(0.95, 0.3 + crease * 0.07)})`;
    brush.fillRect(-sheet.width / 2, half - sheet.height / 2 - 1, sheet.width, 1 + crease * 0.35);
  }
  brush.restore();
}

function drawGlare(glare) {
  if (!glare) return;
  const spot = brush.createRadialGradient(380, 190, 10, 380, 190, 40 + glare * 22);
  spot.addColorStop(0, `rgb(255 255 255 / ${glare * 0.1})`);
  spot.addColorStop(1, "rgb(255 255 255 / 0)");
  brush.fillStyle = spot;
  brush.fillRect(0, 0, 640, 480);
}

export function draw() {
  const marks = damage();
  drawTable();
  if (picture) {
    const fit = Math.min(640 / picture.width, 480 / picture.height);
    brush.drawImage(picture, 320 - (picture.width * fit) / 2, 240 - (picture.height * fit) / 2, picture.width * fit, picture.height * fit);
  } else if (modules) {
    drawCode(marks);
  }
  drawGlare(marks.glare);
  Object.assign(brush, { strokeStyle: "#1b3fa0", lineWidth: PEN_PX, lineCap: "round", lineJoin: "round" });
  for (const stroke of strokes) {
    brush.beginPath();
    stroke.forEach(([x, y], index) => (index ? brush.lineTo(x, y) : brush.moveTo(x, y)));
    brush.stroke();
  }
  byId("show").disabled = !modules && !picture && !strokes.length;
  byId("type").disabled = !byId("text").value;
}

let drawn = Promise.resolve(); // the newest drawing: "hold up" waits for it, or it would send the code before

function redraw() {
  drawn = drawText();
  return drawn;
}

async function drawText() {
  const text = byId("text").value;
  picture = null;
  modules = text ? (await ask("/qr", { text }))?.modules ?? null : null;
  draw();
}

function setText(text) {
  byId("text").value = text;
  strokes = [];
  redraw();
}

async function upload(file) {
  if (!file) return;
  try {
    picture = await createImageBitmap(file);
  } catch {
    picture = null; // the camera may still take it, and tells what is wrong with it
  }
  strokes = [];
  draw();
  await ask("/picture", file);
}

/** The samples of the desk, and what the camera sees now. */
export function drawSamples(state) {
  const ids = state.samples.map((sample) => sample.id).join();
  if (ids !== sampleIds) {
    sampleIds = ids;
    byId("samples").replaceChildren(...state.samples.map((sample) => {
      const item = document.createElement("li");
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: sample.title });
      button.addEventListener("click", () => {
        setText(sample.text);
        for (const other of byId("samples").querySelectorAll("button")) other.setAttribute("aria-pressed", other === button);
      });
      item.append(button);
      return item;
    }));
  }
  unplugged = state.camera === "unplugged";
  write(byId("camera"), word(`bench.camera.${state.camera}`));
  const button = byId("unplug");
  button.setAttribute("aria-pressed", unplugged);
  button.title = word(unplugged ? "bench.plug" : "bench.unplug");
  button.setAttribute("aria-label", button.title);
}

export function listenCode(refresh) {
  const then = (work) => async (event) => { await work(event); refresh(); };
  byId("text").addEventListener("input", () => {
    clearTimeout(drawTimer);
    drawTimer = setTimeout(redraw, DRAW_AFTER_MS);
  });
  byId("damage").addEventListener("input", draw);
  byId("clean").addEventListener("click", () => { strokes = []; draw(); });
  byId("show").addEventListener("click", then(async () => {
    await drawn;
    const png = await new Promise((done) => canvas.toBlob(done, "image/png"));
    await ask("/picture", png);
  }));
  byId("take-away").addEventListener("click", then(() => ask("/camera", { action: "clear" })));
  byId("unplug").addEventListener("click", then(() => ask("/camera", { action: unplugged ? "plug" : "unplug" })));
  byId("type").addEventListener("click", then(() => ask("/type", { text: byId("text").value })));
  byId("upload").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", then(async () => { await upload(byId("file").files[0]); byId("file").value = ""; }));
  listenPen();
  const card = document.querySelector(".code");
  card.addEventListener("dragover", (event) => { event.preventDefault(); card.classList.add("over"); });
  card.addEventListener("dragleave", () => card.classList.remove("over"));
  card.addEventListener("drop", then(async (event) => {
    event.preventDefault();
    card.classList.remove("over");
    const [file] = event.dataTransfer.files;
    if (file) await upload(file);
    else complain("not_sent");
  }));
  draw();
}

function listenPen() {
  const point = (event) => [event.offsetX * (640 / canvas.clientWidth), event.offsetY * (480 / canvas.clientHeight)];
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    strokes.push([point(event), point(event)]);
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    strokes.at(-1).push(point(event));
    draw();
  });
}
