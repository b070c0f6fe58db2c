// One tab at a time takes ratings and sends them; the browser hands the turn on when a tab ends.
const LOCK = "nilai-tablet";

let mine = false;

/** @returns {boolean} Whether this tab may take ratings. */
export function hasTurn() {
  return mine;
}

/**
 * Ask for the turn.
 * @param {() => Promise<void>} onTurn Called once this tab has it, now or when the other has gone;
 *   ratings are taken when it is done.
 * @returns {Promise<boolean>} Whether it has it at once.
 */
export function takeTurn(onTurn) {
  return new Promise((resolve) => {
    const hold = async () => {
      await onTurn();
      mine = true;
      resolve(true);
      return new Promise(() => {}); // as long as the tab lives
    };
    navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
      if (lock) return hold();
      resolve(false);
      navigator.locks.request(LOCK, hold);
      return null;
    });
  });
}
