// One screen at a time, made anew from its skeleton: what one citizen left cannot be there for the next.
import { say, sayAll } from "./words.js";

const place = document.querySelector("#screen");

/**
 * Show a screen in place of the one before.
 * @param {string} name Of its skeleton in the shell.
 * @param {{title?: string, fill?: (root: Element) => void}} [given] `fill` puts the data in before
 *   anybody sees it; `title` is what the page is called.
 * @returns {Element}
 */
export function show(name, { title = "", fill = () => {} } = {}) {
  const skeleton = document.querySelector(`#${name}`).content.cloneNode(true);
  const root = skeleton.firstElementChild;
  sayAll(root);
  fill(root);
  place.replaceChildren(root);
  document.body.dataset.screen = name;
  document.title = title || say("Nilai pelayanan");
  place.scrollTo(0, 0);
  (root.querySelector("h1") ?? place).focus({ preventScroll: true });
  return root;
}

/** @returns {Element} An element with words in it and whatever attributes are given. */
export function made(tag, words, attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = words;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** Call a function when something of a screen is touched, once or more often. */
export function onTouch(root, selector, touched) {
  for (const each of root.querySelectorAll(selector)) {
    each.addEventListener("click", (event) => touched(event.currentTarget));
  }
}
