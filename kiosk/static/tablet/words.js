// What the screens say: Indonesian is the key, the config brings the other languages.
let spoken = null;

/** Speak one of the config's languages from now on. */
export function speak(language) {
  spoken = language;
  document.documentElement.lang = language.code;
}

/** @returns {object} The language of the config that is spoken. */
export function speaking() {
  return spoken;
}

/**
 * Say an Indonesian text in the language that is spoken.
 * @param {string} text
 * @param {object} [values] For its `%(name)s`.
 * @returns {string}
 */
export function say(text, values = {}) {
  const said = spoken?.messages[text] ?? text;
  return said.replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");
}

/** Say whatever stands in the skeleton of a screen. */
export function sayAll(root) {
  for (const each of root.querySelectorAll("[data-say]")) each.textContent = say(each.dataset.say);
  for (const each of root.querySelectorAll("[data-label]")) {
    each.setAttribute("aria-label", say(each.dataset.label));
  }
}
