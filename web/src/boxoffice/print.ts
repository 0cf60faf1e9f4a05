/** Tickets to be printed: the browser's own dialog, by a button where the page has scripting. */
const button = document.querySelector<HTMLButtonElement>("[data-print]")!;
button.hidden = false;
button.addEventListener("click", () => window.print());
