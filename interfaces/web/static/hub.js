// Every page works without this; where it runs, error summaries take the focus, buttons ignore a double click, and what
// is typed is saved on the way: at the hub, for its author alone, and nowhere in the browser.
import { initAll } from "./govuk-frontend.min.js";
import "./wording.js";
import "./passkeys.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

const EVERY = 10_000;
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const NOT_NOW = "Not saved just now. What you typed is still on this page.";
const SIGNED_OUT = "You are signed out. What you typed is kept: sign in again to go on with it.";

function keep(form) {
  const address = form.getAttribute("action") || window.location.href;
  const word = form.querySelector(".hub-kept");
  const typed = () => new URLSearchParams([...new FormData(form), ["step", "autosave"]]);
  let kept = typed().toString();
  let sent = false;
  let saving = new AbortController();

  const say = (text) => {
    if (word.textContent !== text) word.textContent = text;
  };
  const changed = () => !sent && typed().toString() !== kept;
  const save = async () => {
    if (!changed()) return;
    const body = typed();
    saving = new AbortController();
    try {
      const answer = await fetch(address, { method: "POST", body, redirect: "error", signal: saving.signal });
      if (answer.status === 204) {
        kept = body.toString();
        say(`Saved ${CLOCK.format(new Date())}`);
      } else {
        say(answer.status === 401 ? SIGNED_OUT : NOT_NOW);
      }
    } catch {
      if (!sent) say(NOT_NOW);
    }
  };
  const saveOnLeaving = () => {
    if (changed() && navigator.sendBeacon(address, typed())) kept = typed().toString();
  };

  window.setInterval(save, EVERY);
  window.addEventListener("pagehide", saveOnLeaving);
  document.addEventListener("visibilitychange", () => document.hidden && saveOnLeaving());
  document.addEventListener("submit", (event) => {
    if (event.target === form || event.target.closest(".hub-draft")) {
      sent = true;
      saving.abort();
    } else {
      saveOnLeaving();
    }
  });
  window.addEventListener("pageshow", () => {
    sent = false;
  });
}

document.querySelectorAll("form[data-kept]").forEach(keep);
