// Letters on the screen: a tablet's own keyboard learns words, and shows them to the next person.
import { made } from "./screen.js";
import { say } from "./words.js";

const ROWS = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm,."];

/**
 * Let a field be typed into by keys on the screen, and by real ones.
 * @param {HTMLTextAreaElement} field
 * @param {Element} place Where the keys go; they come when the field is touched.
 */
export function typeInto(field, place) {
  let capital = true;
  let letters = [];
  const insert = (text) => {
    if (field.value.length + text.length > field.maxLength) return;
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const erase = () => {
    const end = field.selectionEnd;
    const start = field.selectionStart === end ? Math.max(0, end - 1) : field.selectionStart;
    field.setRangeText("", start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const key = (words, label, act) => {
    const button = made("button", words, { type: "button", "aria-label": label });
    button.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    button.addEventListener("click", act);
    return button;
  };
  const spelt = (letter) => (capital ? letter.toUpperCase() : letter);
  const draw = () => {
    letters = ROWS.flatMap((each) => [...each]).map((letter) => ({
      letter,
      button: key(spelt(letter), spelt(letter), () => {
        insert(spelt(letter));
        if (capital) shift(false);
      }),
    }));
    const buttons = letters.map(({ button }) => button);
    const rows = ROWS.map((each) => row(buttons.splice(0, each.length)));
    const last = row([
      key("⇧", say("Huruf besar"), () => shift(!capital)),
      key(say("Spasi"), say("Spasi"), () => insert(" ")),
      key("⌫", say("Hapus huruf"), erase),
      key(say("Tutup"), say("Tutup papan ketik"), () => place.replaceChildren()),
    ]);
    last.classList.add("last");
    place.replaceChildren(...rows, last);
  };
  const shift = (on) => {
    capital = on;
    for (const { letter, button } of letters) {
      button.textContent = spelt(letter);
      button.setAttribute("aria-label", spelt(letter));
    }
  };
  field.addEventListener("click", () => {
    if (!place.childElementCount) draw();
    place.scrollIntoView({ block: "end" });
  });
}

function row(keys) {
  const element = made("div", "", { class: "row" });
  element.append(...keys);
  return element;
}
