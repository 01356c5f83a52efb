// Every page works without this; where it runs, error summaries take the focus and buttons ignore a double click.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
