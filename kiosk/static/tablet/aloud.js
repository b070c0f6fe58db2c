// The browser's own voice, where it has one for the language.
import { speaking } from "./words.js";

/** @returns {boolean} Whether the language that is spoken can be read aloud here. */
export function canRead() {
  return Boolean(voice());
}

/** Read the screen aloud, or stop if it is being read. */
export function readAloud(root) {
  if (speechSynthesis.speaking) return hush();
  const words = [...root.querySelectorAll("h1, [data-aloud], .faces span")];
  const text = words.map((each) => each.textContent.trim()).filter(Boolean).join(". ");
  const said = new SpeechSynthesisUtterance(text);
  said.voice = voice();
  said.lang = said.voice.lang;
  speechSynthesis.speak(said);
}

/** Be silent. */
export function hush() {
  globalThis.speechSynthesis?.cancel();
}

function voice() {
  const { speech } = speaking() ?? {};
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  const language = speech?.split("-")[0];
  return voices.find(({ lang }) => lang.replace("_", "-").split("-")[0] === language) ?? null;
}
