// The part of the API's page to try it with is large: it is fetched when somebody wants it.
"use strict";

(() => {
  const button = document.querySelector("[data-try]");
  if (!button) return;
  document.body.dataset.csrfToken = button.closest("[data-csrf-token]").dataset.csrfToken;
  document.body.dataset.apiCsrf = "true";
  const script = (address) => new Promise((loaded, failed) => {
    const one = document.createElement("script");
    one.src = address;
    one.onload = loaded;
    one.onerror = failed;
    document.head.append(one);
  });
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = button.dataset.style;
    document.head.append(style);
    try {
      await script(button.dataset.script);
      await script(button.dataset.begin);
      document.querySelector("[data-list]").hidden = true;
      button.hidden = true;
    } catch {
      button.disabled = false;
    }
  });
})();
