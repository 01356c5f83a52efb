// Passkeys: where a browser has them, what it was asked is put to it, and its answer goes with the form like any other.
const able = typeof window.PublicKeyCredential?.parseRequestOptionsFromJSON === "function";
const NOT_MADE = "No passkey was used. Try again when you are ready.";

function onSending(form, ask) {
  const said = form.querySelector(".hub-passkey-said");
  const button = form.querySelector("button[type=submit]");
  form.addEventListener("submit", async (event) => {
    const called = form.elements.namedItem("called");
    if (called && !called.value.trim()) return; // the hub says what is missing
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    said.textContent = "";
    try {
      form.elements.namedItem("answer").value = JSON.stringify((await ask()).toJSON());
      form.submit();
    } catch {
      said.textContent = NOT_MADE;
      button.disabled = false;
      button.focus();
    }
  });
}

const use = (asked) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
const make = (asked) =>
  navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) });

if (able) {
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-no-passkey]")) part.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey-use]")) {
    onSending(form, () => use(JSON.parse(form.dataset.passkeyUse)));
  }
  for (const form of document.querySelectorAll("form[data-passkey-new]")) {
    onSending(form, () => make(JSON.parse(form.dataset.passkeyNew)));
  }
}
