// A newer app takes over when no citizen is at the screen: their session is never cut short.
import { visitUnderWay } from "./record.js";

const LOOK_AGAIN = 1_000;
const ASK_FOR_NEWER = 600_000;

/**
 * Register the service worker, and change over to a newer one in a quiet moment.
 * @param {() => boolean} busy Whether a citizen is at the screen.
 * @param {(ready: boolean) => void} tell Told when a newer app waits.
 */
export async function followUpdates(busy, tell) {
  const workers = navigator.serviceWorker;
  let { controller } = workers;
  workers.addEventListener("controllerchange", () => {
    if (controller) location.reload();
    ({ controller } = workers); // the very first one changes nothing on this page
  });
  const worker = new URL("../../kiosk/sw.js", import.meta.url);
  const registration = await workers.register(worker, { updateViaCache: "none" }).catch(() => null);
  if (!registration) return; // no network at the very first start, or a browser that forbids it
  const takeOver = () => {
    if (!registration.waiting) return;
    if (controller) tell(true); // the very first worker is nothing newer
    if (busy() || visitUnderWay()) setTimeout(takeOver, LOOK_AGAIN);
    else registration.waiting.postMessage("take over");
  };
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", takeOver);
  });
  takeOver();
  setInterval(() => registration.update().catch(() => {}), ASK_FOR_NEWER);
}
