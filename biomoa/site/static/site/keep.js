// What a signed-in person typed and did not get sent outlives errors, the end of the session, a reload and a crash.
// It lies in this browser only, under the person's number, for seven days; passwords, files and secrets never do.
"use strict";

(() => {
  const person = document.documentElement.dataset.person;
  const main = document.querySelector("main");
  const STORE = "biomoa-typed ";
  const SENT = "biomoa-sent";
  const DAYS_MS = 7 * 24 * 3600 * 1000;
  const TEXTS = "input:not([type]), input[type=text], input[type=email], input[type=search], input[type=number], input[type=date], input[type=url], textarea, select";
  const quietly = (work) => { try { return work(); } catch { return null; } };  // private mode: no memory

  // -- the forms worth it --------------------------------------------------------------------------------------

  const keyOf = (form) => `${STORE}${person} ${location.pathname} ${form.getAttribute("action") || ""}`;
  const isWorth = (form) => form.method === "post" && !form.querySelector("input[type=password]");
  const forms = () => main ? [...main.querySelectorAll("form")].filter(isWorth) : [];
  const holds = (key) => forms().some((form) => keyOf(form) === key);

  // -- what was sent and taken needs no keeping ----------------------------------------------------------------

  const refused = () =>
    location.pathname.startsWith("/account/login") || location.pathname.startsWith("/account/2fa") ||
    document.querySelector(".error-page, .error-summary, .messages .alert-error, main .error-text, [data-conflict]");
  const visit = performance.getEntriesByType("navigation")[0] || {};
  const sent = quietly(() => JSON.parse(sessionStorage.getItem(SENT)));
  // Any page may follow: the browser's own when there was no answer, then this form once more. Only what the station
  // led on to, or the answer itself, tells that it was taken.
  const isAnswer = () => visit.redirectCount > 0 || (location.href.split("#")[0] === sent.action && !holds(sent.key));
  if (sent && visit.type === "navigate" && !refused() && isAnswer()) quietly(() => localStorage.removeItem(sent.key));
  if (sent) quietly(() => sessionStorage.removeItem(SENT));

  if (!person || !main || location.pathname.startsWith("/account/2fa")) return;

  // -- what was typed ------------------------------------------------------------------------------------------

  const controls = (form) => [...form.elements].filter((one) => one.name && one.matches(TEXTS));
  const initial = (one) =>
    one.matches("select") ? ([...one.options].find((option) => option.defaultSelected) || one.options[0] || {}).value : one.defaultValue;

  const keep = (form) => {
    const typed = {};
    for (const one of controls(form)) if (one.value !== initial(one)) typed[one.name] = one.value;
    quietly(() => Object.keys(typed).length
      ? localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), typed }))
      : localStorage.removeItem(keyOf(form)));
  };

  const restore = (form) => {
    const kept = quietly(() => JSON.parse(localStorage.getItem(keyOf(form)) || "null"));
    if (!kept) return;
    if (Date.now() - kept.at > DAYS_MS) { quietly(() => localStorage.removeItem(keyOf(form))); return; }
    const changed = controls(form).filter((one) => one.name in kept.typed && kept.typed[one.name] !== one.value);
    for (const one of changed) one.value = kept.typed[one.name];
    if (changed.length) tell(form, changed);
  };

  const tell = (form, changed) => {
    const note = document.createElement("div");
    const words = document.createElement("p");
    const discard = document.createElement("button");
    note.className = "alert";
    note.setAttribute("role", "status");
    words.textContent = main.dataset.textRestored;
    discard.type = "button";
    discard.className = "button button-small";
    discard.textContent = main.dataset.textDiscard;
    discard.addEventListener("click", () => {
      for (const one of changed) one.value = initial(one);
      quietly(() => localStorage.removeItem(keyOf(form)));
      note.remove();
      changed[0].focus();
    });
    note.append(words, discard);
    form.closest("details")?.setAttribute("open", "");
    form.prepend(note);
  };

  forms().forEach(restore);
  for (const moment of ["input", "change"]) {
    document.addEventListener(moment, (event) => {
      const form = event.target.closest && event.target.closest("main form");
      if (form && isWorth(form)) keep(form);
    });
  }
  document.addEventListener("submit", (event) => {
    if (main.contains(event.target) && isWorth(event.target)) {
      keep(event.target);
      quietly(() => sessionStorage.setItem(SENT, JSON.stringify({ key: keyOf(event.target), action: event.target.action })));
    }
  });
  // A row that htmx has saved is on the station, when the answer is the row's own and not that of a page it was led to.
  const isOwn = (detail) => new URL(detail.xhr.responseURL || detail.requestConfig.path, location).pathname === new URL(detail.requestConfig.path, location).pathname;
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest("form");
    if (form && event.detail.successful && isOwn(event.detail) && !event.detail.xhr.getResponseHeader("HX-Redirect")) quietly(() => localStorage.removeItem(keyOf(form)));
  });
})();
