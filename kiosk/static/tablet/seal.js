// Keys, signatures and seals with what the browser brings (WebCrypto); docs/tablet.md has the forms.
const P256 = { namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", ...P256 };
const AGREEING = { name: "ECDH", ...P256 };
const VERSION = 1;
const NONCE_BYTES = 12;
const INFO = utf8("nilai seal 1");

/** @returns {Uint8Array} A text as it is sent. */
export function utf8(text) {
  return new TextEncoder().encode(text);
}

/** @returns {string} Bytes as base64url without padding. */
export function spelt(bytes) {
  let letters = "";
  for (const byte of new Uint8Array(bytes)) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @returns {Uint8Array} What `spelt` spelt. */
export function bytesOf(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

/** @returns {Promise<CryptoKeyPair>} A pair whose private half the browser never gives away. */
export function newKeys() {
  return crypto.subtle.generateKey(SIGNING, false, ["sign", "verify"]);
}

/** @returns {Promise<string>} The public half, as the server takes it. */
export async function publicHalf(keys) {
  return spelt(await crypto.subtle.exportKey("spki", keys.publicKey));
}

/** @returns {Promise<string>} A signature over a text. */
export async function sign(keys, text) {
  const how = { name: "ECDSA", hash: "SHA-256" };
  return spelt(await crypto.subtle.sign(how, keys.privateKey, utf8(text)));
}

/** @returns {Promise<string>} SHA-256 in lower-case hex. */
export async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @returns {Promise<CryptoKey>} The server's point, to seal to. */
export function sealKey(point) {
  return crypto.subtle.importKey("raw", bytesOf(point), AGREEING, true, []);
}

/** @returns {Promise<CryptoKey>} The secret that rotating codes are made of; it cannot be read. */
export function codeKey(secret) {
  const how = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", bytesOf(secret), how, false, ["sign"]);
}

/**
 * Seal a text so that only the server opens it, and only for what it is bound to.
 * @param {CryptoKey} to From `sealKey`.
 * @param {string} text
 * @param {string} bound
 * @returns {Promise<Uint8Array>}
 */
export async function seal(to, text, bound) {
  const once = await crypto.subtle.generateKey(AGREEING, false, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", once.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: to }, once.privateKey, 256);
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const how = { name: "AES-GCM", iv: nonce, additionalData: utf8(bound) };
  const closed = await crypto.subtle.encrypt(how, await contentKey(shared, point), utf8(text));
  return new Uint8Array([VERSION, ...point, ...nonce, ...new Uint8Array(closed)]);
}

async function contentKey(shared, point) {
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: point, info: INFO };
  return crypto.subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
}
