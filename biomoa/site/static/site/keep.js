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
  const CHOICES = "input[type=radio], input[type=checkbox]";
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

  // A text by its name, a box or a button of a choice by its name and value.
  const isChoice = (one) => one.matches(CHOICES);
  const nameOf = (one) => isChoice(one) ? `${one.name}=${one.value}` : one.name;
  const valueOf = (one) => isChoice(one) ? one.checked : one.value;
  const set = (one, value) => { one[isChoice(one) ? "checked" : "value"] = value; };
  const controls = (form) => [...form.elements].filter((one) => one.name && one.matches(`${TEXTS}, ${CHOICES}`));
  const signs = (form) => [...form.querySelectorAll("input[type=hidden][data-keep]")];  // what else the words belong to
  const initial = (one) => {
    if (isChoice(one)) return one.defaultChecked;
    return one.matches("select") ? ([...one.options].find((option) => option.defaultSelected) || one.options[0] || {}).value : one.defaultValue;
  };

  const keep = (form) => {
    const typed = {};
    for (const one of controls(form)) if (valueOf(one) !== initial(one)) typed[nameOf(one)] = valueOf(one);
    const isAny = Object.keys(typed).length > 0;
    for (const one of signs(form)) typed[one.name] = one.value;
    quietly(() => isAny
      ? localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), typed }))
      : localStorage.removeItem(keyOf(form)));
  };

  const restore = (form) => {
    const kept = quietly(() => JSON.parse(localStorage.getItem(keyOf(form)) || "null"));
    if (!kept) return;
    if (Date.now() - kept.at > DAYS_MS) { quietly(() => localStorage.removeItem(keyOf(form))); return; }
    const changed = controls(form).filter((one) => nameOf(one) in kept.typed && kept.typed[nameOf(one)] !== valueOf(one));
    const before = new Map(changed.map((one) => [nameOf(one), initial(one)]));
    for (const one of changed) set(one, kept.typed[nameOf(one)]);
    for (const one of signs(form)) if (one.name in kept.typed) one.value = kept.typed[one.name];
    if (before.size) tell(form, before);
  };

  // What was put back is not on the station: it says so, unless the form sends it by itself.
  const restored = (form) => {
    if ("savesItself" in form.dataset) { form.dataset.restored = ""; return main.dataset.textRestored; }
    const button = form.querySelector("button[type=submit], button:not([type])")?.textContent.trim();
    return button ? `${main.dataset.textRestored} ${main.dataset.textUnsent.replace("{button}", button)}` : main.dataset.textRestored;
  };

  const tell = (form, before) => {
    const note = document.createElement("div");
    const words = document.createElement("p");
    const discard = document.createElement("button");
    note.className = "alert";
    note.setAttribute("role", "status");
    words.textContent = restored(form);
    discard.type = "button";
    discard.className = "button button-small";
    discard.textContent = main.dataset.textDiscard;
    discard.addEventListener("click", () => {
      const changed = controls(form).filter((one) => before.has(nameOf(one)));  // an answer may have brought new ones
      for (const one of changed) set(one, before.get(nameOf(one)));
      quietly(() => localStorage.removeItem(keyOf(form)));
      note.remove();
      changed[0]?.focus();
      form.dispatchEvent(new CustomEvent("biomoa:discarded"));
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
    if (!event.defaultPrevented && main.contains(event.target) && isWorth(event.target)) {
      keep(event.target);
      quietly(() => sessionStorage.setItem(SENT, JSON.stringify({ key: keyOf(event.target), action: event.target.action })));
    }
  });
  // A form that sends itself tells what the station has taken.
  document.addEventListener("biomoa:saved", (event) => quietly(() => localStorage.removeItem(keyOf(event.target))));
})();
