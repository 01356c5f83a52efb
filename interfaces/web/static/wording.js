// Advice on words while somebody types: says what to consider, and alters nothing. The server gives the same advice once.
// It waits for a pause, not for the box to be left: what appeared then would move the button from under the pointer.
const PAUSE = 700;
const shown = document.getElementById("wording");

function advise(wordings, boxes) {
  const whole = boxes.map((box) => box.value).join("\n").replaceAll("\u2019", "'");
  const lines = wordings.flatMap(({ pattern, instead }) => {
    const found = new RegExp(`\\b(?:${pattern})\\b`, "i").exec(whole);
    return found ? [`You wrote “${found[0]}”; consider: ${instead}`] : [];
  });
  const said = [...shown.children].map((line) => line.textContent).join();
  if (lines.join() === said) return;
  shown.replaceChildren(...lines.map((text) => Object.assign(document.createElement("p"), { className: "govuk-body", textContent: text })));
  shown.hidden = lines.length === 0;
}

if (shown) {
  const wordings = JSON.parse(shown.dataset.wordings);
  const boxes = [...shown.closest("form").querySelectorAll("textarea, input[type=text]")];
  let pause = 0;
  const afterAPause = () => {
    clearTimeout(pause);
    pause = setTimeout(() => advise(wordings, boxes), PAUSE);
  };
  for (const box of boxes) box.addEventListener("input", afterAPause);
}
