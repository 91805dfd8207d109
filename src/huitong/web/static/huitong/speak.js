// The speaking card's quiet clock.
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
})();
