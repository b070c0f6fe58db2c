// The nine official questions, the service, a comment, the profile: all of it optional.
import { enrolledConfig } from "./told.js";
import { typeInto } from "./keyboard.js";
import { made, onTouch, show } from "./screen.js";
import { say, speaking } from "./words.js";

const LONGEST = 1000;

/**
 * Ask the nine questions.
 * @param {{sent: (answers: object) => void, left: () => void, alone?: boolean}} given `alone` where
 *   no face was touched before: then one of the nine is needed.
 * @returns {Element} The screen.
 */
export function askNine({ sent, left, alone = false }) {
  const shownAt = performance.now(); // a clock that is set meanwhile changes nothing
  const root = show("nine", { title: say("Sembilan pertanyaan"), fill });
  typeInto(root.querySelector("textarea"), root.querySelector("[data-keys]"));
  onTouch(root, "[data-cancel]", () => left());
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    const answers = read(root, Math.round((performance.now() - shownAt) / 1000));
    if (says(answers, alone)) sent(answers);
    else root.querySelector("[data-nothing]").hidden = false;
  });
  return root;
}

function fill(root) {
  const { services } = enrolledConfig();
  const { nine, profile } = speaking();
  const first = choice("service", say("Layanan apa yang Anda terima?"), services);
  root.querySelector("[data-service]").replaceChildren(...(services.length ? [first] : []));
  const asked = nine.map((item, place) => question(item, place + 1));
  root.querySelector("[data-questions]").replaceChildren(...asked);
  const about = profile.map(([name, label, options]) => choice(name, label, options));
  root.querySelector("[data-profile]").replaceChildren(...about);
  root.querySelector("textarea").maxLength = LONGEST;
}

function question({ code, question: words, answers }, number) {
  const asked = tiles(code, answers.map((answer, place) => [String(place + 1), answer]));
  asked.prepend(legend(number, say("Bagaimana pendapat Saudara tentang …"), `${words}?`));
  return asked;
}

function legend(number, stem, words) {
  const element = document.createElement("legend");
  const mark = made("span", number, { class: "no", "aria-hidden": "true" });
  element.append(mark, made("span", `${stem} `, { class: "sr" }), made("span", words));
  return element;
}

function choice(name, label, options) {
  const asked = tiles(name, options);
  asked.classList.add("list");
  asked.prepend(made("legend", label));
  return asked;
}

function tiles(name, options) {
  const asked = made("fieldset", "", { class: "q" });
  const row = made("div", "", { class: "opts" });
  row.append(...options.map(([value, words]) => {
    const label = document.createElement("label");
    const button = made("input", "", { type: "radio", name, value, autocomplete: "off" });
    label.append(button, made("span", words));
    return label;
  }));
  asked.append(row);
  return asked;
}

function says({ ratings, service, comment, profile }, alone) {
  if (Object.keys(ratings).length) return true;
  return !alone && Boolean(service || comment || Object.keys(profile).length);
}

function read(root, answeredIn) {
  const given = Object.fromEntries(new FormData(root.querySelector("form")));
  const { service = null, comment = "", ...chosen } = given;
  const codes = new Set(speaking().nine.map(({ code }) => code));
  const ratings = {};
  const profile = {};
  for (const [name, value] of Object.entries(chosen)) {
    if (codes.has(name)) ratings[name] = Number(value);
    else profile[name] = value;
  }
  return { ratings, service, comment: comment.trim() || null, profile, answeredIn };
}
