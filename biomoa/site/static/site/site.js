// Small comforts on top of pages that work without script: copy buttons, closing menus, folding the filter panel.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = before; }, 2000);
    } catch {
      window.prompt(button.textContent, button.dataset.copy);
    }
  }
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  }
});

const narrow = window.matchMedia("(max-width: 1023px)");
function prepare() {
  for (const panel of document.querySelectorAll("details[data-fold]")) panel.open = !narrow.matches;
  for (const button of document.querySelectorAll("[data-no-script]")) button.hidden = true;
}
prepare();
narrow.addEventListener("change", prepare);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "suggestions") prepare();
});

// A table that is wider than its frame says so above itself: what is cut off at the edge is not seen to be there.
const frames = new ResizeObserver((changes) => {
  for (const frame of new Set(changes.map((change) => change.target.closest(".table-wrap")))) {
    if (!frame) continue;
    const said = frame.querySelector(":scope > .sideways");
    const isWide = frame.scrollWidth > frame.clientWidth + 1;
    if (said) said.hidden = !isWide;
    else if (isWide) {
      const text = document.querySelector("main").dataset.textSideways;
      frame.prepend(Object.assign(document.createElement("p"), { className: "sideways hint", textContent: text }));
    }
  }
});
function watchTables() {
  for (const each of document.querySelectorAll(".table-wrap, .table-wrap > table")) frames.observe(each);
}
watchTables();
document.addEventListener("htmx:afterSettle", watchTables);

// On a phone the tab of this page may stand beyond the edge of its row.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.closest(".tabs");
  const [here, edges] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
  if (here.right > edges.right) row.scrollLeft += here.right - edges.right + 24;
}

// A choice that says so is sent at once; its button stays for people without script.
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-send]")) event.target.form.requestSubmit();
});

// What cannot be taken back asks first.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// A form that was sent is not sent again by a second press: the first answer would be lost, and the work done twice.
const AGAIN_MS = 5000;
const sent = new Map();
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (performance.now() - (sent.get(event.target) ?? -AGAIN_MS) < AGAIN_MS) event.preventDefault();
  else sent.set(event.target, performance.now());
});
window.addEventListener("pageshow", () => sent.clear());

// Whoever signed in again in another tab has a new token; the forms of this page take it, if it is the same person.
// Gives the token, or nothing.
window.freshToken = async () => {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
  if (!token || page.documentElement.dataset.person !== document.documentElement.dataset.person) return "";
  for (const one of document.querySelectorAll("[name=csrfmiddlewaretoken]")) one.value = token;
  return token;
};

const summary = document.querySelector(".error-summary");
if (summary) summary.focus();
