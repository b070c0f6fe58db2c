// The page where the code is typed: its words stand in the page, this shows the right one.
import { canKeep, enrol } from "./enrol.js";

const form = document.querySelector("form[data-enrol]");
const field = form.elements.code;

if (canKeep()) {
  document.querySelector("[data-plain]").hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
}

async function send() {
  const button = form.querySelector("button");
  button.disabled = true;
  explain(null);
  try {
    await enrol(field.value);
    location.replace(form.dataset.enrol); // Back does not lead to the code again
  } catch (error) {
    explain(problemOf(error));
  } finally {
    button.disabled = false;
  }
}

function problemOf(error) {
  if (error.reason) return error.reason === "other_desk" ? "other_desk" : "unknown_code";
  return error instanceof DOMException && error.name !== "TimeoutError" ? "not_kept" : "no_answer";
}

function explain(problem) {
  for (const each of form.querySelectorAll("[data-problem]")) each.hidden = each.id !== problem;
  field.removeAttribute("aria-invalid");
  if (problem) field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", `code-hint ${problem ?? ""}`);
  field.focus();
}
