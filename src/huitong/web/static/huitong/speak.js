// The speaking card's quiet clock, and copying what is to be sent.
"use strict";

(() => {
  const timer = document.getElementById("timer");
  if (timer) {
    const button = timer.querySelector("button"), shown = timer.querySelector("output");
    let since = 0, tick = 0;
    const show = () => {
      const seconds = Math.floor((Date.now() - since) / 1000);
      shown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    };
    timer.hidden = false;
    button.addEventListener("click", () => {
      clearInterval(tick);
      tick = tick ? 0 : (since = Date.now(), show(), setInterval(show, 500));
      button.textContent = tick ? button.dataset.stop : button.dataset.start;
      if (tick) timer.closest(".card").querySelector("ol").scrollIntoView({ block: "nearest" });
    });
  }
  const copy = document.querySelector("[data-copy]");
  if (!copy) return;
  const words = document.getElementById(copy.dataset.copy);
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(words.textContent);
      copy.textContent = copy.dataset.done;
    } catch {
      getSelection().selectAllChildren(words);
      copy.textContent = copy.dataset.select;
    }
  });
})();
