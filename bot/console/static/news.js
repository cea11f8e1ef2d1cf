/* Tells staff of news while a page is open: a line that screen readers speak, and, when they allowed it, a browser
   notification. Only the fact and the link ever come here. Without script the console works as before. */
(() => {
  "use strict";
  const region = document.getElementById("news");
  const button = document.getElementById("news-allow");
  if (!region) return;
  const address = region.dataset.address;
  const shown = 3;
  let after = null;
  let timer = 0;

  function show(item) {
    const line = document.createElement("p");
    line.className = "notice";
    const link = document.createElement("a");
    link.href = item.path;
    link.textContent = "Open it";
    line.append(document.createTextNode(item.text + " "), link);
    region.prepend(line);
    while (region.children.length > shown) region.lastElementChild.remove();
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    const note = new Notification(item.text, { tag: "first-step-" + item.id });
    note.onclick = () => { window.focus(); window.location.assign(item.path); };
  }

  async function ask() {
    try {
      const query = after === null ? "" : "?after=" + after;
      const answer = await fetch(address + query, { headers: { accept: "application/json" }, redirect: "error" });
      if (answer.status === 401) return;  // signed out: no more asking
      if (answer.ok) {
        const news = await answer.json();
        after = news.after;
        news.items.forEach(show);
      }
    } catch { /* the network may come back */ }
    timer = window.setTimeout(ask, 5000);
  }

  if (button && "Notification" in window && Notification.permission === "default") {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await Notification.requestPermission();
      button.hidden = true;
      region.focus();
    });
  }
  window.addEventListener("pagehide", () => window.clearTimeout(timer));
  ask();
})();
