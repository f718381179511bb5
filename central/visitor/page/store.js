// What stays on this phone: one IndexedDB store of named values. Answers to forms are never among them.
//   passes    [{id, name, signed, expires_s, key, made_ms, declared: [{form, signed, expires_s, receipt}], printed}]
//             `name` is a nickname that never leaves the phone; "" for the phone's own holder
//   queue     [{pass, poster, place, direction, at_ms, companions}]  check-ins that wait for a network
//   history   [{at_ms, pass, place, name, direction, signal, receipt}]  newest first
//   mine      {pass id: the centre's last answer about it}
//   skew_ms, quiet (ids of alerts that were read), told_well {pass id: local day}

const NAME = "gatepost";
let opening = null;

// The store; asked for early, it is open when the first screen needs it.
export function open() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opening;
}

async function within(mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("kept", mode, { durability: "strict" });
    const asked = act(transaction.objectStore("kept"));
    if (mode === "readonly") asked.onsuccess = () => resolve(asked.result);
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

export const read = async (name, otherwise = null) => (await within("readonly", (kept) => kept.get(name))) ?? otherwise;
export const write = (name, value) => within("readwrite", (kept) => kept.put(value, name));

// Read, change and write in one transaction: two open windows of the page never lose each other's work.
export async function change(name, otherwise, alter) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("kept", "readwrite", { durability: "strict" });
    const kept = transaction.objectStore("kept");
    let changed;
    const asked = kept.get(name);
    asked.onsuccess = () => {
      changed = alter(asked.result ?? otherwise);
      kept.put(changed, name);
    };
    transaction.oncomplete = () => resolve(changed);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

export async function wipe() {
  await within("readwrite", (kept) => kept.clear());
  await Promise.all(
    (await caches.keys()).filter((name) => name.startsWith("gatepost-said")).map((name) => caches.delete(name)),
  );
}
