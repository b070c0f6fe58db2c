// Draws the charts of a page from the JSON beside them, in the page's theme and language.
// Nothing moves: a chart appears drawn, and is drawn anew when the device changes its theme.
/* global Plotly */

const INDONESIAN = {
  moduleType: "locale",
  name: "id",
  dictionary: {},
  format: {
    days: ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"],
    shortDays: ["Min", "Sen", "Sel", "Rab", "Kam", "Jum", "Sab"],
    months: [
      "Januari", "Februari", "Maret", "April", "Mei", "Juni",
      "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ],
    shortMonths: [
      "Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des",
    ],
    date: "%d/%m/%Y",
    decimal: ",",
    thousands: ".",
  },
};

// No bar of buttons: plotly's own would offer to send the data to a cloud. The page has one button
// of its own, for a picture.
const CONFIG = { displayModeBar: false, displaylogo: false, responsive: true, doubleClick: false };

// Paper is light, whatever the device.
const dark = matchMedia("screen and (prefers-color-scheme: dark)");
const narrow = matchMedia("(max-width: 700px)");

function drawing({ data, layouts, templates }) {
  const layout = layouts[narrow.matches ? "narrow" : "wide"];
  return [data, { ...layout, template: templates[dark.matches ? "dark" : "light"] }];
}

const waiting = new Set();

async function show(place, folds = true) {
  waiting.delete(place);
  const chart = JSON.parse(place.querySelector("script").textContent);
  const plot = place.querySelector("[role=img]");
  const config = { ...CONFIG, locale: document.documentElement.lang === "en" ? "en" : "id" };
  const draw = () => Plotly.react(plot, ...drawing(chart), config);
  await draw();
  for (const condition of [dark, narrow]) condition.addEventListener("change", draw);
  offerPicture(document.getElementById(place.dataset.picture), plot);
  if (folds) document.getElementById(place.dataset.table).open = false;
}

// A chart in a part that is folded away has no width yet: it is drawn when the part is opened.
function showOnceSeen(place) {
  const fold = place.closest("details.fold:not([open])");
  if (!fold) return show(place);
  waiting.add(place);
  fold.addEventListener("toggle", () => { if (waiting.has(place)) show(place); }, { once: true });
}

function offerPicture(button, plot) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const { width, height } = plot.getBoundingClientRect();
    Plotly.downloadImage(plot, { format: "png", scale: 2, width, height, filename: button.value });
  });
}

const within = (part) => part.querySelectorAll(".chart").forEach(showOnceSeen);

Plotly.register(INDONESIAN);
within(document);
document.addEventListener("newcharts", (event) => within(event.detail));

// On paper all is open, tables too; afterwards what was folded is folded again.
const folded = [];
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details:not([open])")) {
    part.open = true;
    folded.push(part);
  }
  for (const place of waiting) show(place, false);
});
addEventListener("afterprint", () => {
  for (const part of folded.splice(0)) part.open = false;
});
