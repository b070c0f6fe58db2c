// A sheet is typed without the mouse: a digit answers a row and goes on to the next one.
const ratings = document.querySelector("[data-ratings]");

if (ratings) {
  const rows = [...ratings.querySelectorAll("[data-row]")];
  const after = document.getElementById("comment");
  ratings.querySelector("[data-keys]").hidden = false;

  const into = (row) => {
    const boxes = row.querySelectorAll("input");
    ([...boxes].find((box) => box.checked) ?? boxes[0]).focus();
  };

  ratings.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-row]");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = rows.indexOf(row);
    const box = /^[1-4]$/.test(event.key) && row.querySelector(`input[value="${event.key}"]`);
    if (box) {
      event.preventDefault();
      box.checked = true;
      if (rows[place + 1]) into(rows[place + 1]);
      else after.focus();
    } else if (event.key === "Backspace" && place > 0) {
      event.preventDefault();
      into(rows[place - 1]);
    }
  });

  // Whoever is at the last field sends the sheet without reaching for the button.
  after.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) after.form.requestSubmit();
  });
}
