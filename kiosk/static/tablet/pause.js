// Time that runs out in front of a citizen: a bar that says how long, and what happens then.
let running = null;

/**
 * Let a time run out; whatever ran before is over.
 * @param {number} milliseconds
 * @param {() => void} over
 * @param {Element} [bar] Shows how much of it is left.
 */
export function runOut(milliseconds, over, bar = null) {
  stop();
  if (bar) {
    bar.style.setProperty("--runs", `${milliseconds}ms`);
    bar.dataset.runs = "";
  }
  running = setTimeout(() => {
    running = null;
    over();
  }, milliseconds);
}

/** Let nothing run out. */
export function stop() {
  clearTimeout(running);
  running = null;
}

/**
 * Go back by itself when nobody touches the screen any more, with a warning before.
 * @param {Element} root Whose touches count.
 * @param {{quiet: number, warned: number, warn: (on: boolean) => void, over: () => void}} times
 */
export function whileTouched(root, { quiet, warned, warn, over }) {
  const again = () => {
    warn(false);
    runOut(quiet, () => {
      warn(true);
      runOut(warned, over, root.querySelector("[data-left]"));
    });
  };
  for (const kind of ["pointerdown", "keydown", "input"]) root.addEventListener(kind, again);
  root.closest("main")?.addEventListener("scroll", again, { passive: true });
  again();
}
