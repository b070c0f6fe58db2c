// The code that changes every minute (docs/tablet.md): it needs no network, only the time.
import { correction, generate } from "./vendor/lean-qr/lean-qr.js";
import { toSvg } from "./vendor/lean-qr/svg.js";
import { enrolment, metaGet } from "./store.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LETTERS = 6;
const A_MINUTE = 60_000;
const QUIET_ZONE = 4;

/**
 * What a phone is to scan now.
 * @param {number} serverNowMs The server's time, as far as the tablet knows it.
 * @returns {Promise<null | {link: string, secondsLeft: number}>} The link in capitals, which a QR
 *   code packs more tightly, and for how long it is shown (1 to 60); null where no tablet is
 *   enrolled, or no longer.
 */
export async function codeLink(serverNowMs) {
  const [told, key] = await Promise.all([enrolment(), metaGet("code_key")]);
  if (!told || told.revoked || !key) return null;
  const letters = await lettersOf(key, Math.floor(serverNowMs / A_MINUTE));
  const { public_url: site, desk } = told.config;
  return {
    link: `${site}/q/${desk.code}/${letters}`.toUpperCase(),
    secondsLeft: Math.ceil((A_MINUTE - (serverNowMs % A_MINUTE)) / 1000),
  };
}

/**
 * The letters of one minute: the first 30 bits of a keyed digest.
 * @param {CryptoKey} key For HMAC with SHA-256.
 * @param {number} step Whole minutes since 1970.
 * @returns {Promise<string>}
 */
export async function lettersOf(key, step) {
  const said = new TextEncoder().encode(`nilai code 1\n${step}`);
  const digest = new DataView(await crypto.subtle.sign("HMAC", key, said));
  const bits = digest.getUint32(0) >>> 2;
  const places = Array.from({ length: LETTERS }, (_, place) => 5 * (LETTERS - 1 - place));
  return places.map((place) => ALPHABET[(bits >>> place) & 31]).join("");
}

/**
 * Draw a link as a QR code that fills an element: black on white in either theme, level M.
 *
 * What it is for stands beside it in words, so nobody is read a picture.
 * @param {Element} element
 * @param {string} link
 */
export function drawCode(element, link) {
  const level = { minCorrectionLevel: correction.M, maxCorrectionLevel: correction.M };
  const colours = { on: "#000", off: "#fff", pad: QUIET_ZONE };
  const drawing = toSvg(generate(link, level), document, colours);
  drawing.removeAttribute("width"); // as large as the element, whatever the link's length
  drawing.removeAttribute("height");
  drawing.setAttribute("aria-hidden", "true");
  element.replaceChildren(drawing);
}
