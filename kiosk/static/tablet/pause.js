// Time that runs out in front of a citizen: a bar that says how long, and what happens then.
let running = null;
let watched = null;

/**
 * Let a time run out; one that ran before is over.
 * @param {number} milliseconds
 * @param {() => void} over
 * @param {HTMLElement} [bar] Shows how much of it is left.
 */
export function runOut(milliseconds, over, bar = null) {
  clearTimeout(running);
  if (bar) {
    bar.style.setProperty("--runs", `${milliseconds}ms`);
    bar.dataset.runs = "";
  }
  running = setTimeout(over, milliseconds);
}

/** Let nothing run out, and watch nobody any more. */
export function stop() {
  clearTimeout(running);
  watched?.abort();
  watched = null;
}

/**
 * Go on by itself when nobody touches the screen any more, with a warning before.
 * @param {HTMLElement} root Whose touches count.
 * @param {{quiet: number, warned: number, warn: (on: boolean) => void, over: () => void}} times
 */
export function whileTouched(root, { quiet, warned, warn, over }) {
  stop();
  watched = new AbortController();
  const { signal } = watched;
  const bar = root.querySelector("[data-left]");
  const again = () => {
    warn(false);
    delete bar.dataset.runs;
    runOut(quiet, () => {
      warn(true);
      runOut(warned, over, bar);
    });
  };
  for (const kind of ["pointerdown", "keydown", "input"]) root.addEventListener(kind, again, { signal });
  root.closest("main").addEventListener("scroll", again, { signal, passive: true });
  again();
}
