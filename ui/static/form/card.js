// While the card page stands, the next code before the camera is for the form. Not for ever: others come to the gate.
const FOR_MS = 30_000;

/** Ask for a card until there is one, the page has gone or the time is over. */
export async function watchCard(page, ask, swap) {
  if (page.dataset.page !== "card") return;
  const [waiting, again] = [page.querySelector("#waiting"), page.querySelector("#again")];
  waiting.hidden = false;
  again.hidden = true;
  const until = performance.now() + FOR_MS;
  while (page.isConnected && performance.now() < until) {
    const asked = performance.now();
    const answer = await ask();
    if (!page.isConnected) return;
    if (answer && answer.status === 200) return swap(await answer.text());
    if (answer === null || performance.now() - asked < 300) await new Promise((done) => setTimeout(done, 300));
  }
  waiting.hidden = true;
  again.hidden = false;
}
