// A row saves itself while it is being filled in. The answer is put beside what is being typed, never in its place:
// words, the focus and open parts stay, a syllable that is being composed is not cut off, and what failed is told.
"use strict";

(() => {
  const form = document.getElementById("row-form");
  const status = form.querySelector("[data-status]");
  const AGAIN_MS = 10000;
  const MOST_WAIT_MS = 60000;
  const PAUSE_MS = 300;  // several changes at once are one sending
  let sent = new Map();  // what the last sending brought, by field

  // -- what is on the page ---------------------------------------------------------------------------------------

  const fieldsOf = (root) => new Map([...root.querySelectorAll("[data-field]")].map((one) => [one.dataset.field, one]));
  const valueOf = (field) => JSON.stringify([...field.querySelectorAll("input, select, textarea")].map((one) => one.type === "checkbox" ? one.checked : one.value));
  const valuesOf = (root) => new Map([...fieldsOf(root)].map(([name, field]) => [name, valueOf(field)]));
  const isBusy = (field, name) => field.contains(document.activeElement) || (sent.has(name) && valueOf(field) !== sent.get(name));

  // What the page was drawn with; what stands there now may have been put back by the browser's memory (keep.js).
  const drawnIn = (one) => {
    if (one.type === "checkbox") return one.defaultChecked;
    if (one.matches("select")) return ([...one.options].find((each) => each.defaultSelected) || one.options[0]).value;
    return one.matches("input") ? one.defaultValue.replace(/[\r\n]/g, "") : one.defaultValue;  // as a line shows it
  };
  const drawnOf = (field) => JSON.stringify([...field.querySelectorAll("input, select, textarea")].map(drawnIn));
  const drawn = new Map([...fieldsOf(form)].map(([name, field]) => [name, drawnOf(field)]));
  const wasNew = "new" in form.dataset;
  let held = drawn;  // what the station holds, by field
  const left = () => [...fieldsOf(form)].filter(([name, field]) => valueOf(field) !== held.get(name)).map(([, field]) => field);
  const isLeft = () => left().some((field) => !field.contains(document.activeElement));  // what is being typed will tell of itself

  // -- the answer beside it --------------------------------------------------------------------------------------

  const told = (field, fresh) => {
    field.className = fresh.className;
    for (const part of ["label, legend", "[data-problem]"]) {
      const [old, now] = [field.querySelector(part), fresh.querySelector(part)];
      if (old && now && old.innerHTML !== now.innerHTML) old.innerHTML = now.innerHTML;
    }
    const [control, answered] = [field, fresh].map((one) => one.querySelector("select, textarea, input:not([type=hidden], [type=checkbox])"));
    if (!control || !answered) return;
    control.toggleAttribute("aria-invalid", answered.hasAttribute("aria-invalid"));
    if (answered.hasAttribute("aria-invalid")) control.setAttribute("aria-invalid", "true");
    if (!control.matches("select")) control.defaultValue = answered.defaultValue;
  };

  const inPlace = (now, fresh) => {
    for (const [name, field] of now) isBusy(field, name) ? told(field, fresh.get(name)) : field.replaceWith(fresh.get(name));
  };

  // Another package asks for other fields.
  const rebuilt = (answer, now, fresh) => {
    const open = new Set([...form.querySelectorAll("details[open] > summary")].map((one) => one.dataset.section));
    const focus = document.activeElement;
    for (const [name, field] of now) {
      if (!fresh.has(name) || !isBusy(field, name)) continue;
      told(field, fresh.get(name));
      fresh.get(name).replaceWith(field);
    }
    for (const one of answer.querySelectorAll("summary")) one.parentElement.open = open.has(one.dataset.section);
    form.querySelectorAll("fieldset[data-section]").forEach((one) => one.remove());
    form.querySelector(".actions").before(...answer.querySelectorAll("fieldset[data-section]"));
    if (form.contains(focus)) focus.focus();
  };

  const taken = (answer, address) => {
    const [now, fresh] = [fieldsOf(form), fieldsOf(answer)];
    [...now.keys()].every((name) => fresh.has(name)) && now.size === fresh.size ? inPlace(now, fresh) : rebuilt(answer, now, fresh);
    form.querySelectorAll("[data-whole]").forEach((one) => one.remove());
    status.after(...answer.querySelectorAll("[data-whole]"));
    for (const name of ["revision", "seen"]) form.elements[name].value = answer.elements[name].value;
    held = new Map([...valuesOf(form)].map(([name, value]) => [name, sent.get(name) ?? value]));
    for (const [name, field] of fieldsOf(form)) if (!now.has(name) || now.get(name) !== field) held.set(name, valueOf(field));
    if (address) moved(answer, address);
    if (left().length) form.dispatchEvent(new Event("input", { bubbles: true }));  // the browser keeps it until it is sent
    if (!isAsked && !isLeft()) tell(answer.querySelector("[data-status]").textContent.trim(), false);
  };

  // A new row has its own address from now on.
  const moved = (answer, address) => {
    delete form.dataset.new;
    history.replaceState(null, "", address);
    form.setAttribute("action", answer.getAttribute("action"));
    document.querySelector("[data-number]").textContent = answer.dataset.textNumber;
    canBeDeleted(`${answer.getAttribute("action")}delete`);
  };

  const canBeDeleted = (address) => {
    const part = document.querySelector("[data-delete]");
    part?.querySelector("form").setAttribute("action", address);
    part?.removeAttribute("hidden");
  };

  const tell = (words, isBad) => {
    status.classList.toggle("error-text", isBad);
    status.classList.toggle("hint", !isBad);
    status.textContent = words;
  };

  // -- sending ---------------------------------------------------------------------------------------------------

  // One sending at a time; what changes meanwhile goes with the next one. What had no answer is sent once more as it
  // was, for the station may have taken it: the same words twice are one change.
  let timer = 0, isSending = false, isAsked = false, pressed = "", unanswered = null;

  const save = (wait = 0) => {
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  };

  const run = async () => {
    isAsked = true;
    if (isSending) return;
    isSending = true;
    while (isAsked) {
      isAsked = false;
      const isLate = Boolean(unanswered);
      if (await send()) isAsked ||= Boolean(pressed) || isLeft() || (isLate && left().length > 0);
    }
    isSending = false;
  };

  const collected = () => {
    sent = valuesOf(form);
    const body = new URLSearchParams(new FormData(form));
    if (pressed) body.set("pressed", pressed);
    pressed = "";
    return body;
  };

  const ask = (body) => fetch(form.getAttribute("action"), {
    method: "POST", body, headers: { "HX-Request": "true", "HX-Current-URL": location.href }, signal: AbortSignal.timeout(MOST_WAIT_MS),
  });

  // Whether it was taken.
  const send = async () => {
    const body = unanswered || collected();
    unanswered = null;
    try {
      let answer = await ask(body);
      if (answer.status === 403 && (await window.freshToken())) {  // signed in again in another tab
        body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
        answer = await ask(body);
      }
      return answer.ok && !answer.redirected ? read(answer, await answer.text()) : refused(answer, body);
    } catch {
      return retried(body);
    }
  };

  const read = (answer, text) => {
    const signIn = answer.headers.get("HX-Redirect");
    if (signIn) return ended(signIn);
    const page = new DOMParser().parseFromString(text, "text/html").getElementById("row-form");
    const way = answer.headers.get("HX-Location");
    if (!page && !way) return unsaved("textUnsaved");  // another page: it does not belong into this one
    form.dispatchEvent(new CustomEvent("biomoa:saved", { bubbles: true }));
    if (way) { location.assign(way); return false; }
    taken(document.adoptNode(page), answer.headers.get("HX-Push-Url"));
    return true;
  };

  const unsaved = (text, link) => {
    pressed = "";
    tell(form.dataset[text], true);
    if (link) status.append(" ", link);
    return false;
  };
  const linkTo = (address, text) => Object.assign(document.createElement("a"), { href: address, textContent: form.dataset[text] });

  const ended = (address) => unsaved("textSignedOut", linkTo(address, "textSignIn"));

  const refused = (answer, body) => {
    if (answer.status >= 500 || answer.status === 429) return retried(body);
    if ([404, 409].includes(answer.status) && body.get("pressed")) return form.submit();  // its page says what to do
    if ([404, 409].includes(answer.status)) return unsaved("textConflict");
    if ([401, 403].includes(answer.status)) return unsaved("textRefused", linkTo(location.href, "textReload"));
    return unsaved("textUnsaved");
  };

  const retried = (body) => {
    body.delete("pressed");
    unanswered = body;
    save(AGAIN_MS);
    return unsaved("textRetried");
  };

  // -- when ------------------------------------------------------------------------------------------------------

  form.addEventListener("change", () => save(PAUSE_MS));
  window.addEventListener("online", () => { if (unanswered) save(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    pressed = event.submitter?.name === "leave" ? "leave" : "save";
    save();
  });
  // What was put back and thrown away after all: a row that is there only because of it goes too.
  form.addEventListener("biomoa:discarded", () => {
    const isBare = [...fieldsOf(form)].every(([name, field]) => !drawn.has(name) || valueOf(field) === drawn.get(name));
    if (wasNew && isBare && !("new" in form.dataset)) document.querySelector("[data-delete] form").requestSubmit();
    else if (isLeft()) save(PAUSE_MS);
  });
  if ("restored" in form.dataset && isLeft()) save();
})();
