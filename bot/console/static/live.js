/* A transcript that is open shows new messages by itself, and sends what staff write without a reload. What comes is
   the server's own page, masked as ever; new messages are spoken once. Without script the page works by its forms. */
(() => {
  "use strict";
  const place = document.querySelector("[data-live]");
  if (!place) return;
  const spoken = document.getElementById("live-said");
  const problem = document.getElementById("live-problem");
  const compose = document.getElementById("compose");
  const count = document.querySelector(".pages p");
  const turns = () => document.querySelectorAll(".turns > li");
  const here = window.location.href.split("#")[0];
  const TIMES = { mine: 2000, other: 5000, none: 5000 };
  const MINUTES = 2 * 60 * 1000;  // so long what is on the page at first may still change
  let seen = Math.max(0, ...[...turns()].map((turn) => Number(turn.dataset.seq)));
  let after = Math.min(seen, ...[...turns()].filter((turn) => Date.now() - Date.parse(turn.querySelector("time").dateTime) < MINUTES)
    .map((turn) => Number(turn.dataset.seq) - 1));
  let failures = 0;
  let timer = 0;
  let asking = null;

  function say(text) {
    const line = document.createElement("p");
    line.textContent = text;
    spoken.append(line);
    window.setTimeout(() => line.remove(), 3000);
  }
  function tell(text, reload) {
    const shown = text + (reload ? " Load the page again." : "");
    if (!problem.hidden && problem.textContent === shown) return;
    problem.hidden = !text;
    problem.replaceChildren(text);
    if (!text || !reload) return;
    const link = document.createElement("a");
    link.href = `${here}#write`;
    link.addEventListener("click", (event) => { event.preventDefault(); window.location.reload(); });
    link.textContent = "Load the page again.";
    problem.append(" ", link);
  }
  function show(html) {
    const list = [...document.querySelectorAll(".turns")].pop();
    if (!list) return;
    const atEnd = window.innerHeight + window.scrollY > document.documentElement.scrollHeight - 400;
    let added = false;
    for (const turn of new DOMParser().parseFromString(html, "text/html").querySelectorAll("li.turn")) {
      const number = Number(turn.dataset.seq);
      const old = document.getElementById(turn.id);
      const level = turn.querySelector(".badge.danger, .badge.warn")?.textContent || "";
      if (!old) {
        list.append(turn);
        added = true;
        say(`${level ? `${level}. ` : ""}${turn.querySelector(".by b").textContent}: ${turn.querySelector(".said").textContent}`);
      } else if (old.outerHTML !== turn.outerHTML && !old.contains(document.activeElement) && !old.querySelector("form")) {
        const known = old.querySelector(".badge.danger, .badge.warn")?.textContent || "";
        old.querySelectorAll("details[open]").forEach(() => turn.querySelector("details")?.setAttribute("open", ""));
        old.replaceWith(turn);
        if (level && level !== known) say(`${level}: ${turn.querySelector(".said").textContent}`);
      }
      seen = Math.max(seen, number);
    }
    if (added && count) count.textContent = count.textContent.replace(/\d+ of \d+/, `${seen} of ${seen}`);
    if (added && atEnd && compose) compose.scrollIntoView({ block: "end" });
  }
  function gone(text) {
    tell(text, true);
    compose?.querySelectorAll("button").forEach((button) => { button.disabled = true; });
  }
  async function ask() {
    window.clearTimeout(timer);
    const mine = (asking = {});
    let stop = false;
    try {
      const answer = await fetch(`${place.dataset.live}?after=${after}&seen=${seen}`, { headers: { accept: "application/json" }, redirect: "error" });
      if (answer.status === 401) { stop = true; gone("You are signed out."); }
      else if (answer.status === 404) { stop = true; gone("This conversation was erased."); }
      else if (!answer.ok) throw new Error(String(answer.status));
      else {
        const news = await answer.json();
        if (news.html) show(news.html);
        after = Math.max(after, news.after);
        if (failures > 1) tell("");
        failures = 0;
        if (news.state !== place.dataset.state) {
          stop = news.state === "none" && place.dataset.state === "mine" ? false : stop;
          place.dataset.state = news.state;
          gone({ none: "The assistant answers again.", other: "A colleague has this conversation now.", mine: "You have this conversation now." }[news.state]);
        }
      }
    } catch {
      failures += 1;
      if (failures > 1) tell("No connection. New messages come when it is back.");
    }
    if (stop || mine !== asking) return;
    timer = window.setTimeout(ask, Math.min((TIMES[place.dataset.state] || 5000) * 2 ** Math.min(failures, 3), 15000));
  }
  // The same key goes with every attempt, so that a message whose answer was lost is not sent twice.
  compose?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const box = compose.elements.text;
    const button = compose.querySelector("button");
    if (!box.value.trim() || button.disabled) return;
    button.disabled = true;
    try {
      const body = new URLSearchParams(new FormData(compose));
      body.set("script", "1");
      const answer = await fetch(compose.action, { method: "POST", body, redirect: "error" });
      const data = (answer.headers.get("content-type") || "").includes("json") ? await answer.json() : {};
      if (answer.ok) {
        box.value = "";
        compose.elements.key.value = data.key;
        document.getElementById("text-problem")?.remove();
        tell("");
        ask();
      } else {
        tell(data.problem || "This was not sent.", !data.problem);
      }
    } catch {
      tell("Not sent: no connection. What you wrote is kept; send it again.");
    }
    button.disabled = false;
    box.focus();
  });
  compose?.elements.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) compose.requestSubmit();
  });
  window.addEventListener("pagehide", () => window.clearTimeout(timer));
  window.addEventListener("pageshow", (event) => event.persisted && ask());
  window.addEventListener("online", ask);
  timer = window.setTimeout(ask, 1000);
})();
