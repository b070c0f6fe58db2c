// One citizen's visit, from the first touch to the next person; nothing of it stays afterwards.
import { complete, keep, keepWhole } from "./record.js";
import { deliver, status } from "./sync.js";
import { runOut, stop, whileTouched } from "./pause.js";
import { onTouch, show } from "./screen.js";
import { askNine } from "./nine.js";
import { say, speaking } from "./words.js";
import { hush } from "./aloud.js";

const THANKS = 5_000;
const PATIENCE = 3_000;
const QUIET = 30_000;
const WARNED = 10_000;

let ready = () => {};

/** Tell what makes the screen ready for the next person. */
export function whenReady(next) {
  ready = next;
}

/** Take a touched face: it is on the disk before the screen says so. */
export async function rate(rating) {
  hush();
  let visit;
  try {
    visit = await keep({ rating, language: speaking().code });
  } catch {
    sayNotKept();
    return;
  }
  offerMore(visit);
}

/** Begin with the nine questions, at a desk that opens with them. */
export function beginWithNine() {
  questions(async (answers) => {
    const visit = await keepWhole({ ...answers, language: speaking().code });
    await sayHowItEnds(visit);
  }, { alone: true, left: next, failed: sayNotKept });
}

function offerMore(visit) {
  const online = status().connected && navigator.onLine;
  const root = show("thanks", {
    title: say("Terima kasih"),
    fill(screen) {
      screen.querySelector(online ? "[data-kept]" : "[data-stored]").remove();
    },
  });
  const leave = () => {
    deliver(visit, 0);
    next();
  };
  onTouch(root, "[data-done]", () => sayHowItEnds(visit));
  onTouch(root, "[data-more]", () => {
    questions((answers) => send(visit, answers), {
      left: leave,
      failed() {
        deliver(visit, 0);
        sayNotCompleted();
      },
    });
  });
  runOut(THANKS, leave, root.querySelector("[data-left]"));
}

async function send(visit, answers) {
  await complete(visit, answers);
  await sayHowItEnds(visit);
}

function questions(sent, { alone = false, left, failed }) {
  const root = askNine({
    async sent(answers) {
      stop();
      root.inert = true;
      try {
        await sent(answers);
      } catch {
        failed();
      }
    },
    left,
    alone,
  });
  whileTouched(root, {
    quiet: QUIET,
    warned: WARNED,
    warn: (on) => root.querySelector("[data-warning]").toggleAttribute("hidden", !on),
    over: left,
  });
}

async function sayHowItEnds(visit) {
  stop();
  show("sending");
  // Even where the store fails now, the tap is in it and goes later.
  const { ending, receipt } = await deliver(visit, PATIENCE).catch(() => ({ ending: "kept" }));
  const root = show(ending, {
    title: say("Terima kasih"),
    fill(screen) {
      const code = screen.querySelector("[data-receipt]");
      if (code) code.textContent = receipt;
      screen.querySelector(status().connected ? "[data-cut]" : "[data-slow]")?.remove();
    },
  });
  root.addEventListener("click", next);
  root.addEventListener("keydown", ({ repeat }) => repeat || next());
  runOut(THANKS, next, root.querySelector("[data-left]"));
}

function sayNotKept() {
  sayWhatIsMissing("not_kept");
}

// The first touch is on the disk: only what came after it is missing.
function sayNotCompleted() {
  sayWhatIsMissing("not_completed");
}

function sayWhatIsMissing(name) {
  const root = show(name, { title: say("Belum tersimpan") });
  onTouch(root, "[data-again]", next);
  runOut(QUIET, next, root.querySelector("[data-left]"));
}

function next() {
  stop();
  ready();
}
