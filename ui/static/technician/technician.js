// The technician's page. The token lives in this module and dies with the page; nothing is stored.

const LIVE_MS = 300;
const DOOR_MS = 1_000;
const HOME = "/";
const WRONG = {
  wrong: ["PIN không đúng.", "Wrong PIN."],
  button: ["Nhấn nút bên trong vỏ máy, rồi nhập PIN trong hai phút.", "Press the button inside the housing, then enter the PIN within two minutes."],
  not_kept: ["Không ghi được PIN.", "The PIN could not be kept."],
  pin_digits: ["PIN chỉ gồm chữ số.", "Digits only."], pin_short: ["PIN phải có ít nhất 6 chữ số.", "At least 6 digits."],
  pin_long: ["PIN có nhiều nhất 12 chữ số.", "At most 12 digits."], pin_easy: ["PIN dễ đoán quá.", "Too easy to guess."],
};
// What the parts of `kiosk check` are called; the English word is the one of the guide's table.
const NAMES = {
  power: "Nguồn điện", heat: "Nhiệt độ", camera: "Máy ảnh", decoder: "Đọc mã", lights: "Đèn", sound: "Loa",
  touch: "Cảm ứng", radio: "Sóng", air: "Không khí", disk: "Chỗ trống", card: "Thẻ nhớ", store: "Sổ ghi",
  forms: "Biểu mẫu", software: "Phần mềm", roots: "Gốc tin cậy", clock: "Đồng hồ", link: "Dây mạng",
  address: "Địa chỉ", dns: "Tên miền", gate: "Cửa", receipt: "Biên nhận", time: "Giờ", tls: "Bảo mật", broker: "Trung tâm",
};
const byId = (id) => document.getElementById(id);
let token = "";
let shown = "rows";
let timer = 0;

/** Vietnamese, and English behind it. */
function say(element, vi, en) {
  const english = document.createElement("span");
  english.lang = "en";
  english.textContent = ` ${en}`;
  element.replaceChildren(vi, english);
}

async function ask(path, body) {
  const init = { headers: { "X-Technician": token }, cache: "no-store" };
  if (body) Object.assign(init, { method: "POST", body: JSON.stringify(body), headers: { ...init.headers, "Content-Type": "application/json" } });
  const answer = await fetch(`/technician/${path}`, init);
  if (answer.status === 401) location.replace("/technician");
  return answer;
}

async function watchDoor() {
  if (token) return;
  try {
    const door = await (await ask("door")).json();
    const says = door.choose && door.button ? ["Chưa có PIN: hãy chọn một PIN 6 đến 12 chữ số và ghi nhớ.", "No PIN yet: choose one of 6 to 12 digits and remember it."] : door.button ? ["Nhập PIN.", "Enter the PIN."] : WRONG.button;
    if (!byId("door-says").dataset.wrong) say(byId("door-says"), ...says);
  } catch { say(byId("door-says"), "Máy không trả lời.", "The kiosk does not answer."); }
  setTimeout(watchDoor, DOOR_MS);
}

async function enter(event) {
  event.preventDefault();
  const says = byId("door-says");
  const answer = await (await ask("enter", { pin: byId("pin").value })).json();
  byId("pin").value = "";
  if (answer.token) {
    token = answer.token;
    byId("door").hidden = true;
    byId("inside").hidden = false;
    open("rows");
    return;
  }
  says.dataset.wrong = "1";
  setTimeout(() => { delete says.dataset.wrong; }, 4_000);
  const wait = answer.wait_s;
  say(says, ...(answer.problem === "wait" ? [`Chờ ${wait} giây.`, `Wait ${wait} s.`] : WRONG[answer.problem] ?? WRONG.wrong));
}

function open(tab) {
  shown = tab;
  clearTimeout(timer);
  for (const id of ["rows", "lens", "parts", "touch", "report"]) byId(id).hidden = id !== tab;
  for (const button of document.querySelectorAll("[data-tab]")) button.setAttribute("aria-pressed", button.dataset.tab === tab);
  ({ rows: test, lens: look, touch: target, report: tell })[tab]?.();
}

async function test() {
  say(byId("rows-say"), "Đang kiểm tra, có thể mất nửa phút…", "Testing, this may take half a minute…");
  byId("again").disabled = true;
  const { findings } = await (await ask("findings")).json();
  byId("again").disabled = false;
  const bad = findings.filter((one) => one.level !== "ok").length;
  say(byId("rows-say"), bad ? `${bad} dòng cần xem. Sửa từ trên xuống.` : "Tất cả đều tốt.", bad ? `${bad} rows to look at. Mend from the top.` : "All is well.");
  byId("list").replaceChildren(...findings.map(row));
}

function row(found) {
  const item = document.createElement("li");
  item.className = found.level;
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", { ok: "tốt, well", warn: "cần xem, look at it", fail: "hỏng, fails" }[found.level]);
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#mark-${found.level}`);
  mark.append(use);
  const part = document.createElement("b");
  if (NAMES[found.part]) say(part, NAMES[found.part], found.part); else part.textContent = found.part;
  const words = document.createElement("p");
  say(words, found.vi, found.en);
  item.append(mark, part, words);
  return item;
}

async function look() {
  if (shown !== "lens") return;
  try {
    const [live, picture] = await Promise.all([ask("live").then((answer) => answer.json()), ask("picture")]);
    meter(live);
    if (picture.ok) await draw(await picture.blob());
  } catch { say(byId("code-says"), "Máy không trả lời.", "The kiosk does not answer."); }
  timer = setTimeout(look, LIVE_MS);
}

function meter({ sharpness, best, soft, code, radio }) {
  const value = sharpness ?? 0;
  byId("fill").setAttribute("width", value);
  byId("best").setAttribute("d", `M${best} 0v10`);
  byId("bar").setAttribute("aria-valuenow", value);
  byId("sharp").textContent = sharpness === null ? "–" : sharpness.toFixed(1);
  if (sharpness === null) say(byId("code-says"), "Đưa một tờ giấy có chữ hay mã trước camera.", "Hold a printed page or a code before the camera.");
  else if (code && code.ago_s < 2) say(byId("code-says"), `Đọc được: ${code.kind}, ${code.length} ký tự.`, `Read: ${code.kind}, ${code.length} characters.`);
  else say(byId("code-says"), sharpness < soft ? "Hình mờ: vặn ống kính." : "Chưa thấy mã.", sharpness < soft ? "Not sharp: turn the lens." : "No code yet.");
  byId("radio").textContent = Object.entries(radio).map(([name, told]) => `${name} ${told}`).join(" · ") || "–";
}

async function draw(blob) {
  const canvas = byId("picture");
  const bitmap = await createImageBitmap(blob);
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  bitmap.close();
}

async function light(pattern) {
  const { ok } = await (await ask("lamps", { pattern })).json();
  say(byId("parts-say"), ok ? "Hãy nhìn đèn." : "Đang có khách, hoặc đèn không trả lời. Chờ rồi thử lại.", ok ? "Look at the lamps." : "A visitor is here, or the lamps do not answer. Wait, then try again.");
}

async function play() {
  const { ok } = await (await ask("sound", {})).json();
  say(byId("parts-say"), ok ? "Hãy nghe." : "Cửa này không có loa.", ok ? "Listen." : "This gate has no loudspeaker.");
}

/** Nine targets; how far each touch was from its middle, in pixels. */
function target() {
  const board = byId("targets");
  const { innerWidth: width, innerHeight: height } = window;
  board.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const points = [0.08, 0.5, 0.92].flatMap((y) => [0.08, 0.5, 0.92].map((x) => [x * width, y * height]));
  const rings = points.map(([x, y]) => {
    const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    for (const [name, value] of [["cx", x], ["cy", y], ["r", 24]]) ring.setAttribute(name, value);
    return ring;
  });
  board.replaceChildren(...rings);
  const off = [];
  const mark = () => {
    rings.forEach((ring, index) => ring.setAttribute("class", index < off.length ? "done" : index === off.length ? "next" : ""));
    say(byId("touch-says"), `Chạm giữa vòng đỏ: ${off.length} / 9.`, `Touch the middle of the red ring: ${off.length} of 9.`);
  };
  board.onpointerdown = (event) => {
    if (off.length === 9) { open("parts"); return; }
    const [x, y] = points[off.length];
    off.push(Math.hypot(event.clientX - x, event.clientY - y));
    mark();
    if (off.length < 9) return;
    const worst = Math.round(Math.max(...off));
    const good = worst <= 30;
    say(byId("touch-says"), good ? `Tốt: lệch nhiều nhất ${worst} điểm. Chạm để đóng.` : `Lệch ${worst} điểm: đổi display.touch trong kiosk.toml. Chạm để đóng.`, good ? `Well: ${worst} pixels off at most. Touch to close.` : `${worst} pixels off: change display.touch in kiosk.toml. Touch to close.`);
  };
  mark();
}

async function tell() {
  byId("report-text").textContent = "…";
  const { text, code } = await (await ask("report")).json();
  byId("report-text").textContent = text;
  const size = (code?.size ?? 0) + 8;
  byId("report-code").setAttribute("viewBox", `-4 -4 ${size} ${size}`);
  byId("report-path").setAttribute("d", code?.path ?? "");
}

async function leave() {
  if (token) await ask("leave", {}).catch(() => {});
  location.replace(HOME);
}

byId("enter").addEventListener("submit", enter);
byId("pad").addEventListener("click", (event) => {
  const { digit } = event.target.closest("[data-digit]")?.dataset ?? {};
  if (digit !== undefined && byId("pin").value.length < 12) byId("pin").value += digit;
});
byId("rub").addEventListener("click", () => { byId("pin").value = byId("pin").value.slice(0, -1); });
byId("again").addEventListener("click", test);
byId("play").addEventListener("click", play);
for (const button of document.querySelectorAll(".back")) button.addEventListener("click", leave);
for (const button of document.querySelectorAll("[data-tab]")) button.addEventListener("click", () => open(button.dataset.tab));
for (const button of document.querySelectorAll("[data-lamp]")) button.addEventListener("click", () => light(button.dataset.lamp));
watchDoor();
