// The three questions a tablet asks the server; only an answer in their own form counts as one.
import { digest, sign, utf8 } from "./seal.js";

const API = new URL("../../api/kiosk/v1/", import.meta.url);
const PATIENCE = 20_000;
const RECEIPT = /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/;
const STORED = new Set(["recorded", "known"]);

/** The server, or something between, did not do what was asked. */
export class Undelivered extends Error {
  /**
   * @param {number} status
   * @param {{reason?: string, nonce?: string} | null} told What our own server said, or null.
   */
  constructor(status, told) {
    super(told?.reason ?? `answered ${status}`);
    this.name = "Undelivered";
    this.status = status;
    this.reason = told?.reason ?? null;
    this.nonce = told?.nonce ?? null;
  }
}

/** @returns {Promise<object>} What a tablet is told when it is enrolled. */
export async function askToEnrol(told) {
  const { status, body } = await post("enrolments", utf8(JSON.stringify(told)));
  if (status !== 201 || !isText(body?.device)) throw new Undelivered(status, body);
  return body;
}

/**
 * Ask for the server's time.
 * @returns {Promise<{nonce: string, stamp: string, offset: number}>} The offset in milliseconds is
 *   what this clock lacks to the server's.
 */
export async function askContact(device) {
  const asked = Date.now();
  const query = new URLSearchParams({ device, clock: new Date(asked).toISOString() });
  const { status, body } = await ask(`contact?${query}`);
  const offset = Date.parse(body?.time) - (asked + Date.now()) / 2;
  const whole = isText(body?.nonce) && isText(body?.stamp) && Number.isFinite(offset);
  if (status !== 200 || !whole) throw new Undelivered(status, body);
  return { nonce: body.nonce, stamp: body.stamp, offset };
}

/**
 * Send a batch.
 * @param {{device: string, keys: CryptoKeyPair}} me
 * @param {string} nonce
 * @param {{responses: {id: string}[]}} batch
 * @returns {Promise<object>} The answer, with a result for each item, each with its own id.
 */
export async function askToStore({ device, keys }, nonce, batch) {
  const bytes = utf8(JSON.stringify(batch));
  const signed = `nilai batch 1\n${device}\n${nonce}\n${await digest(bytes)}`;
  const { status, body } = await post("responses", bytes, {
    "Nilai-Device": device,
    "Nilai-Nonce": nonce,
    "Nilai-Signature": await sign(keys, signed),
  });
  const due = batch.responses.length ? 201 : 200;
  if (status !== due || !answers(body, batch.responses)) throw new Undelivered(status, body);
  return body;
}

function answers(body, items) {
  const results = body?.results;
  if (!Array.isArray(results) || results.length !== items.length) return false;
  return results.every((result, place) => {
    if (result?.id !== items[place].id) return false;
    if (STORED.has(result.status)) return RECEIPT.test(result.receipt);
    return result.status === "refused" && isText(result.reason);
  });
}

function post(path, body, headers = {}) {
  const typed = { "Content-Type": "application/json", ...headers };
  return ask(path, { method: "POST", body, headers: typed });
}

async function ask(path, options = {}) {
  const response = await fetch(new URL(path, API), {
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
    ...options,
    headers: { Accept: "application/json", ...options.headers },
  });
  let body = null;
  try {
    body = await response.json();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { status: response.status, body };
}

function isText(value) {
  return typeof value === "string" && value !== "";
}
