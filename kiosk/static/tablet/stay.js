// Whatever a hand does to the glass, the app stays where it is, and the screen stays on.

const STEPS = 8; // so many touches of Back may come before the first is answered

/** Keep Back, long presses, selections and pinches from leading anywhere. */
export function stayHere() {
  history.replaceState("here", "");
  for (let step = 0; step < STEPS; step += 1) history.pushState("here", "");
  addEventListener("popstate", () => history.pushState("here", ""));
  for (const kind of ["contextmenu", "dragstart", "gesturestart", "selectstart"]) {
    document.addEventListener(kind, (event) => {
      if (!event.target.closest?.("textarea, input")) event.preventDefault();
    });
  }
  document.addEventListener("wheel", (event) => event.ctrlKey && event.preventDefault(), {
    passive: false,
  });
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  stayAwake();
  document.addEventListener("visibilitychange", stayAwake);
}

async function stayAwake() {
  if (document.visibilityState !== "visible") return;
  await navigator.wakeLock?.request("screen").catch(() => {}); // a low battery may forbid it
}
