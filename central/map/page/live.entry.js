// The officers' list of changes: a stream where one is free, else a question every two seconds.
const room = document.querySelector(".live");
const words = JSON.parse(room.dataset.words);
const list = document.getElementById("changes");
const how = document.getElementById("how");
const shapes = document.getElementById("shapes").content;
const ADDRESS = "/map/live/events";
const MOST = 100;
let since = -1;

function shape(state) {
  return shapes.querySelector(`svg.${state}`).cloneNode(true);
}

function part(kind, text) {
  const node = document.createElement("span");
  node.className = kind;
  node.append(text);
  return node;
}

function add(one) {
  const row = document.createElement("li");
  const link = document.createElement("a");
  const what = part("what", "");
  const name = document.createElement("b");
  const small = document.createElement("small");
  row.className = "new";
  link.href = `/map/place/${encodeURIComponent(one.id)}`;
  name.textContent = one.removed ? one.id : one.name;
  small.append(part("word", one.removed ? words.gone : words[one.state]));
  what.append(name, small);
  const time = new Date(one.since_ms || Date.now()).toLocaleString("en-GB", { timeZone: "Asia/Ho_Chi_Minh" });
  link.append(part("sign", one.removed ? "" : shape(one.state)), what, part("since", time));
  row.append(link);
  list.prepend(row);
  while (list.children.length > MOST) list.lastElementChild.remove();
}

async function ask() {
  try {
    const answer = await fetch(since < 0 ? ADDRESS : `${ADDRESS}?since=${since}`, { headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (since >= 0) told.changed.forEach(add);
    since = told.version;
    how.textContent = words.polling;
  } catch {
    how.textContent = words.off;
  }
  setTimeout(ask, 2000);
}

const stream = new EventSource(ADDRESS);
stream.onopen = () => (how.textContent = words.on);
stream.onmessage = (event) => add(JSON.parse(event.data));
stream.onerror = () => {
  how.textContent = words.off;
  if (stream.readyState === EventSource.CLOSED) ask();
};
