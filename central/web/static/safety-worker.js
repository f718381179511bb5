// Shows what the centre tells whoever runs a place. Its scope is this folder: it sees no page and keeps nothing.

const read = data => {
  try {
    return data?.json() ?? {}
  } catch {
    return {}
  }
}

self.addEventListener("push", event => {
  const told = read(event.data)
  event.waitUntil(self.registration.showNotification(told.title ?? "Gatepost", {body: told.body ?? "", tag: "gatepost-check"}))
})

self.addEventListener("notificationclick", event => {
  event.notification.close()
  event.waitUntil(self.clients.openWindow("/safety"))
})
