// Keys on the list of proposals: they work while a row has the focus, and can be switched off.
const table = document.querySelector("[data-rows]");
const hint = document.querySelector("[data-keys]");
const KEPT = "nilai-row-keys";

const kept = () => { try { return localStorage.getItem(KEPT); } catch { return null; } };
const keep = (word) => { try { localStorage.setItem(KEPT, word); } catch { /* it holds on this page */ } };

if (table && hint) {
  const button = hint.querySelector("[data-keys-switch]");
  const [off, on] = [button.textContent, button.dataset.off];
  let active = kept() !== "off";
  const show = () => {
    hint.querySelector("[data-keys-on]").hidden = !active;
    button.textContent = active ? off : on;
  };
  button.addEventListener("click", () => {
    active = !active;
    keep(active ? "on" : "off");
    show();
  });
  hint.hidden = false;
  show();

  const go = (row, step) => {
    const rows = [...table.querySelectorAll("[data-row]")];
    rows[rows.indexOf(row) + step]?.querySelector("[data-focus]")?.focus();
  };

  table.addEventListener("keydown", (event) => {
    const edit = event.target.closest("[data-edit]");
    if (edit) {
      if (event.key === "Escape" && active) edit.querySelector("[data-cancel]").click();
      return;
    }
    const row = event.target.closest("[data-row]");
    if (!active || !row || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      go(row, step);
    } else if (event.key.toLowerCase() === "u") {
      row.querySelector("[data-change]")?.click();
    }
  });
}
