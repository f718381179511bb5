// The place's self-check on the gate's own screen: whoever is at the gate comes before it. The kiosk keeps the answers,
// and the resting screen comes back to the form by itself (visitor.js).
import { listen } from "../feed.js";

const AT_THE_GATE = ["result", "choose", "light", "pass", "private"];

/** `giveWay` lets the visitors have the screen, `leave` ends a form that was taken back on the guards' page. */
export function yieldToVisitors({ giveWay, leave }) {
  listen({
    onView(view) {
      const over = view.stays_ms > 0 && view.age_ms >= view.stays_ms;
      if (AT_THE_GATE.includes(view.page)) return over || giveWay();
      if (!view.check) leave();
    },
    onLost() {}, // the strip says so
  });
}
