// What a tablet without an enrolment says: one whose browser threw its database away, and a new one.
import { bringBack, formerDevice } from "./copies.js";
import { counted } from "./queue.js";
import { onTouch, show } from "./screen.js";
import { say, sayAll } from "./words.js";

/** Lead to where a code is typed; a tablet that had an enrolment first says what has happened. */
export async function enrolAgain() {
  await bringBack().catch(() => {}); // enrolling tries it again, and says what is missing
  if (!(await formerDevice())) {
    location.replace("enrol");
    return;
  }
  const { waiting: kept } = await counted();
  const root = show("forgotten", {
    fill(screen) {
      const count = screen.querySelector("[data-kept]");
      count.textContent = say("Penilaian yang menunggu dikirim: %(kept)s", { kept });
    },
  });
  onTouch(root, "[data-enrol]", () => leaveFor("enrol", root.querySelector("[data-problem]")));
  sayAll(document);
}

// The app is kept on the tablet and the page for the code is not: without a network it is not left.
async function leaveFor(page, problem) {
  problem.hidden = true;
  const answer = await fetch(page, { method: "HEAD", cache: "no-store" }).catch(() => null);
  if (answer?.ok) location.assign(page);
  else problem.hidden = false;
}
