// Comforts of the safety pages; without a script the forms work as they are.
// - A picture from a phone is made small before it is sent: the centre takes 1 MB with a form, five pictures together.
// - Whoever runs a place may be told on this phone: a push service has to be asked by a script.
// - An inspector's page keeps a draft on this phone while there is no network. It is about a place, never about people.

const SIZES = [[1280, 0.7], [1280, 0.5], [960, 0.5], [640, 0.5], [480, 0.3]], MOST = 180_000

async function shrink(field) {
  const file = field.files[0]
  if (!file || file.size <= MOST) return
  const picture = await createImageBitmap(file)
  let blob
  for (const [side, quality] of SIZES) {
    blob = await drawn(picture, Math.min(1, side / Math.max(picture.width, picture.height)), quality)
    if (blob.size <= MOST) break
  }
  const small = new DataTransfer()
  small.items.add(new File([blob], "picture.jpg", {type: "image/jpeg"}))
  field.files = small.files
}

function drawn(picture, scale, quality) {
  const canvas = document.createElement("canvas")
  canvas.width = Math.round(picture.width * scale)
  canvas.height = Math.round(picture.height * scale)
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height)
  return new Promise(done => canvas.toBlob(done, "image/jpeg", quality))
}

for (const field of document.querySelectorAll('input[type="file"]')) {
  field.addEventListener("change", () => shrink(field).catch(() => undefined)) // as it is, then: the centre says if it is too large
}

function keepDrafts(form) {
  const key = `gatepost-draft-${form.dataset.draft}`, line = form.querySelector("[role=status]")
  const fields = [...form.elements].filter(one => one.name && one.type !== "file")
  const tell = text => { line.textContent = text; line.hidden = false; line.scrollIntoView({block: "center"}) }
  const save = () => {
    const draft = fields.map(one => [one.name, one.value, one.checked])
    localStorage.setItem(key, JSON.stringify(draft))
  }
  const kept = JSON.parse(localStorage.getItem(key) ?? "null")
  if (kept) {
    for (const [name, value, checked] of kept) {
      const ticked = fields.find(one => one.name === name && (one.type === "radio" ? one.value === value : true))
      if (!ticked) continue
      if (ticked.type === "radio" || ticked.type === "checkbox") ticked.checked = checked
      else ticked.value = value
    }
    tell(form.dataset.back)
  }
  form.addEventListener("input", save)
  form.addEventListener("submit", event => {
    save()
    if (navigator.onLine) return sessionStorage.setItem("gatepost-sent", key)
    event.preventDefault()
    tell(form.dataset.kept)
  })
}

const sent = sessionStorage.getItem("gatepost-sent")
const form = document.querySelector("form[data-draft]")
if (sent && !form) localStorage.removeItem(sent) // the page after the form: it was taken
if (!form) sessionStorage.removeItem("gatepost-sent")
if (form) keepDrafts(form)

async function subscription() {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("refused")
  const worker = await navigator.serviceWorker.register("/static/safety-worker.js")
  const {key} = await (await fetch("/push/key")).json()
  for (let waits = 0; !worker.active && waits < 50; waits += 1) await new Promise(done => setTimeout(done, 100))
  return worker.pushManager.subscribe({userVisibleOnly: true, applicationServerKey: key})
}

for (const asking of document.querySelectorAll("form[data-push]")) {
  if (!("PushManager" in window) || !("serviceWorker" in navigator)) break
  asking.hidden = false
  asking.addEventListener("submit", async event => {
    event.preventDefault()
    const line = asking.querySelector("[role=status]")
    try {
      asking.elements.address.value = JSON.stringify(await subscription())
      asking.submit()
    } catch {
      line.textContent = asking.dataset.refused
      line.hidden = false
    }
  })
}
