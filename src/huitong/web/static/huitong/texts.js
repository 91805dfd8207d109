// Texts that go out: copied with one tap; kept as they are typed, also by who turns the page at once.
"use strict";

(() => {
  // --- copying: `data-copy` names a field, or an element of the page ---
  const words = (button) => document.getElementById(button.dataset.copy);
  const show = () => {
    document.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
    if (window.htmx) document.querySelectorAll("[data-save]").forEach((button) => { button.hidden = true; });
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const from = words(button), field = "value" in from;
    try {
      await navigator.clipboard.writeText(field ? from.value : from.innerText);
      button.textContent = button.dataset.done;
    } catch {
      if (field) { from.focus(); from.select(); } else getSelection().selectAllChildren(from);
      button.textContent = button.dataset.select;
    }
  });
  show();
  document.addEventListener("htmx:load", show);

  // --- keeping: the sheet itself sends what is typed (hx-post); here is what it can't say ---
  const sheetOf = (event) => event.target.closest?.("[data-text]");
  document.addEventListener("input", (event) => {
    const sheet = sheetOf(event);
    if (sheet) sheet.dataset.dirty = "yes";
  });
  document.addEventListener("submit", (event) => {
    event.target.querySelectorAll("[data-text]").forEach((sheet) => { delete sheet.dataset.dirty; });
  });
  // Typed in the blink between a new sheet being shown and htmx listening to it: told again.
  document.addEventListener("htmx:load", (event) => {
    const sheet = sheetOf(event);
    if (sheet?.dataset.dirty) sheet.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("htmx:beforeRequest", (event) => { delete sheetOf(event)?.dataset.dirty; });
  for (const failed of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(failed, (event) => {
      const sheet = sheetOf(event), kept = sheet?.querySelector(".kept");
      if (!kept) return;
      sheet.dataset.dirty = "yes";
      const said = kept.querySelector("[data-said]");
      said.className = "error";
      said.textContent = kept.dataset.lost;
    });
  }
  window.addEventListener("online", () => {
    document.querySelectorAll("[data-text][data-dirty] textarea").forEach((area) => {
      area.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  window.addEventListener("pagehide", () => {
    document.querySelectorAll("[data-text][data-dirty]").forEach((sheet) => {
      const body = new FormData();
      for (const input of sheet.querySelectorAll("input, textarea")) body.set(input.name, input.value);
      body.set("csrfmiddlewaretoken", sheet.closest("form").elements.csrfmiddlewaretoken.value);
      const headers = { "HX-Request": "true" };
      fetch(sheet.getAttribute("hx-post"), { method: "POST", body, headers, keepalive: true }).catch(() => {});
    });
  });
})();
