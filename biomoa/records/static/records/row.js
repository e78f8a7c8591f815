// A row saves itself while it is being filled in. The answer is put beside what is being typed, never in its place:
// words, the focus and open parts stay, a syllable that is being composed is not cut off, and what failed is told.
"use strict";

(() => {
  const form = document.getElementById("row-form");
  const status = form.querySelector("[data-status]");
  let sent = new Map();
  let moved = "";

  // -- what is on the page ---------------------------------------------------------------------------------------

  const fieldsOf = (root) => new Map([...root.querySelectorAll("[data-field]")].map((one) => [one.dataset.field, one]));
  const valueOf = (field) => JSON.stringify([...field.querySelectorAll("input, select, textarea")].map((one) => one.type === "checkbox" ? one.checked : one.value));
  const valuesOf = (root) => new Map([...fieldsOf(root)].map(([name, field]) => [name, valueOf(field)]));
  const isBusy = (field, name) => field.contains(document.activeElement) || (sent.has(name) && valueOf(field) !== sent.get(name));

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

  const taken = (answer) => {
    const [now, fresh] = [fieldsOf(form), fieldsOf(answer)];
    [...now.keys()].every((name) => fresh.has(name)) && now.size === fresh.size ? inPlace(now, fresh) : rebuilt(answer, now, fresh);
    form.querySelectorAll("[data-whole]").forEach((one) => one.remove());
    status.after(...answer.querySelectorAll("[data-whole]"));
    for (const name of ["revision", "seen"]) form.elements[name].value = answer.elements[name].value;
    tell(answer.querySelector("[data-status]").textContent.trim(), false);
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

  // -- when ------------------------------------------------------------------------------------------------------

  document.addEventListener("htmx:beforeRequest", () => { sent = valuesOf(form); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const page = new DOMParser().parseFromString(event.detail.serverResponse || "", "text/html");
    const answer = page.getElementById("row-form");
    if (!event.detail.shouldSwap) return;
    event.detail.shouldSwap = false;
    if (!answer) return tell(form.dataset.textUnsaved, true);  // another page: it does not belong into this one
    taken(document.adoptNode(answer));
    moved = event.detail.xhr.getResponseHeader("HX-Push-Url") || "";
    if (!moved) return;
    form.dataset.next = answer.getAttribute("action");
    document.querySelector("[data-number]").textContent = answer.dataset.textNumber;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) tell(form.dataset[[404, 409].includes(event.detail.xhr.status) ? "textConflict" : "textUnsaved"], true);
    if (moved) {  // a new row has its own address from now on; what was kept for the empty form is no longer
      history.replaceState(null, "", moved);
      form.setAttribute("action", form.dataset.next);
      form.setAttribute("hx-post", form.dataset.next);
      window.htmx.process(form);
      canBeDeleted(`${form.dataset.next}delete`);
      moved = "";
    }
    const left = [...fieldsOf(form)].filter(([name, field]) => sent.has(name) && valueOf(field) !== sent.get(name));
    left[0]?.[1].querySelector("input, select, textarea").dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
