/* First Step chat widget. Plain JavaScript, no dependency. What a message says is always set as text, never as HTML.
   <script src="https://chat.example.org/widget.js" async></script>
   Optional: data-title (heading), data-launcher (button), data-leave (address that "Leave quickly" goes to). */
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || document.querySelector("first-step-chat")) return;
  const base = new URL(".", script.src).href;
  const options = script.dataset;
  const STORE = `first-step ${base}`;
  const MAX = 2000;
  // In the language of the page, then in that of the assistant's latest message.
  const TEXTS = {
    en: {
      launcher: options.launcher || "Questions? Ask here",
      title: options.title || "Ask about our program",
      subtitle: "Automated assistant",
      person: "You are with {name}, a person",
      close: "Close the chat",
      log: "Conversation",
      label: "Your question",
      placeholder: "Type your question",
      send: "Send",
      leave: "Leave quickly",
      crisis: "In a crisis",
      erase: "Erase this chat",
      eraseAsk: "Erase this chat for good? Requests that you already sent to our staff stay with them.",
      eraseYes: "Erase",
      eraseNo: "Keep it",
      erased: "This chat has been erased.",
      ended: "This chat has ended.",
      fresh: "Start a new chat",
      sending: "Sending",
      sent: "Sent",
      unsent: "Not sent.",
      retry: "Try again",
      writing: "The assistant is writing",
      newer: "New message",
      unread: "new",
      offline: "No connection. Trying again. In danger call {emergency}. In a crisis call or text {lifeline}.",
      back: "Connected again",
      choices: "Choices",
      who: { visitor: "You", assistant: "Assistant", staff: "Staff member" },
      named: "{name}, staff",
    },
    es: {
      launcher: options.launcher || "¿Preguntas? Escriba aquí",
      title: options.title || "Pregunte por nuestro programa",
      subtitle: "Asistente automatizado",
      person: "Habla con {name}, una persona",
      close: "Cerrar el chat",
      log: "Conversación",
      label: "Su pregunta",
      placeholder: "Escriba su pregunta",
      send: "Enviar",
      leave: "Salir rápido",
      crisis: "En una crisis",
      erase: "Borrar este chat",
      eraseAsk: "¿Borrar este chat para siempre? Lo que ya le pidió a nuestro personal sigue con ellos.",
      eraseYes: "Borrar",
      eraseNo: "Dejarlo",
      erased: "Este chat se borró.",
      ended: "Este chat terminó.",
      fresh: "Empezar otro chat",
      sending: "Enviando",
      sent: "Enviado",
      unsent: "No se envió.",
      retry: "Intentar otra vez",
      writing: "El asistente escribe",
      newer: "Mensaje nuevo",
      unread: "sin leer",
      offline: "Sin conexión. Lo intento otra vez. En peligro llame al {emergency}. En una crisis llame al {lifeline} y oprima el 2.",
      back: "Hay conexión otra vez",
      choices: "Opciones",
      who: { visitor: "Usted", assistant: "Asistente", staff: "Personal" },
      named: "{name}, del personal",
    },
  };
  const spanish = (tag) => /^es\b/i.test(tag || "");
  let WORDS = TEXTS[spanish(document.documentElement.lang) ? "es" : "en"];
  // Nothing else becomes a link, whatever a message says.
  const HOSTS = /(^|\.)(988lifeline\.org|findtreatment\.gov|samhsa\.gov|thehotline\.org|medicare\.gov|healthcare\.gov|va\.gov)$/;
  const LINK = /https:\/\/[^\s<>"'()]*[^\s<>"'().,;:!?]|\(\d{3}\) \d{3}-\d{4}|\b(?:1-)?\d{3}-\d{3}-\d{4}\b|\b(?:{lifeline}|{emergency})\b/g;

  // --- memory of this tab: session, draft, open or not ---
  let memory = {};
  try { memory = JSON.parse(sessionStorage.getItem(STORE)) || {}; } catch { /* blocked or damaged: begin anew */ }
  const keep = (change) => {
    Object.assign(memory, change);
    try { sessionStorage.setItem(STORE, JSON.stringify(memory)); } catch { /* blocked: this page only */ }
  };
  const forget = () => {
    memory = { open: memory.open };
    try { sessionStorage.removeItem(STORE); } catch { /* blocked: nothing is kept */ }
  };

  // --- small helpers ---
  const make = (tag, properties = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (name in node && name !== "role") node[name] = value;
      else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  };
  const icon = (path) => {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const shape = document.createElementNS(space, "path");
    for (const [name, value] of Object.entries({ width: 22, height: 22, viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" })) svg.setAttribute(name, value);
    shape.setAttribute("d", path);
    svg.append(shape);
    return svg;
  };
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const uuid = () => crypto.randomUUID?.() ||
    [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const call = (path, { method = "GET", body, headers = {}, ...rest } = {}) => fetch(base + "chat/conversations" + path, {
    method, credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer",
    headers: {
      ...(memory.token && { Authorization: `Bearer ${memory.token}` }),
      ...(body && { "Content-Type": "application/json" }), ...headers,
    },
    body: body && JSON.stringify(body), ...rest,
  });

  // --- the page's part ---
  const host = document.createElement("first-step-chat");
  const shadow = host.attachShadow({ mode: "open" });
  const badge = make("span", { className: "badge", hidden: true });
  const launcherText = make("span");
  const launcher = make("button", { type: "button", className: "launcher", "aria-expanded": "false", "aria-controls": "panel", onclick: () => (isOpen() ? close() : open()) },
    icon("M21 12a8 8 0 0 1-11.6 7.1L4 20.5l1.4-4.6A8 8 0 1 1 21 12Z"), launcherText, badge);
  const log = make("div", { className: "log", role: "log", tabIndex: 0, "aria-live": "off" });
  const newer = make("button", { type: "button", className: "newer", hidden: true, onclick: () => toEnd() });
  const notice = make("p", { className: "notice", hidden: true });
  const ask = make("div", { className: "ask", role: "group", hidden: true });
  const input = make("textarea", { id: "text", rows: 1, maxLength: MAX, autocomplete: "off" });
  const label = make("label", { className: "sr", htmlFor: "text" });
  const submit = make("button", { type: "submit", className: "send" }, icon("M5 12h14M13 6l6 6-6 6"));
  const form = make("form", {}, label, input, submit);
  const title = make("h2", { id: "title" });
  const subtitle = make("p");
  const closer = make("button", { type: "button", onclick: () => close() }, icon("M6 6l12 12M18 6 6 18"));
  const leaver = make("button", { type: "button", className: "link", onclick: leave });
  const help = make("a", { className: "link", href: `${base}safety`, target: "_blank", rel: "noopener noreferrer" });
  const eraser = make("button", { type: "button", className: "link", onclick: askErase });
  const panel = make("section", { id: "panel", className: "panel", role: "dialog", "aria-labelledby": "title", hidden: true },
    make("header", { className: "head" }, make("div", {}, title, subtitle), closer),
    log, newer, notice, ask, form, make("div", { className: "foot" }, leaver, help, eraser));
  const live = make("div", { className: "sr", role: "status", "aria-live": "polite" });
  const root = make("div", { className: "root" }, panel, launcher, live);
  shadow.append(root);

  const isOpen = () => !panel.hidden;
  const seen = new Map(); // message id or client id -> its node
  let unread = 0;
  let waiting = 0; // questions without an answer yet
  let streaming = null; // AbortController of the stream in use
  let dots = null;
  let person = ""; // who of the staff has this chat; empty: the assistant

  // Names every control in a language of TEXTS; a screen reader is told which one it is.
  function speak(language) {
    WORDS = TEXTS[language];
    root.lang = language;
    for (const [node, name] of [[launcherText, "launcher"], [newer, "newer"], [label, "label"], [title, "title"],
      [leaver, "leave"], [help, "crisis"], [eraser, "erase"]]) node.textContent = WORDS[name];
    for (const [node, name] of [[log, "log"], [submit, "send"], [closer, "close"]]) node.setAttribute("aria-label", WORDS[name]);
    input.placeholder = WORDS.placeholder;
    answeredBy(person);
    count(unread);
  }
  function announce(text) {
    const line = make("p", {}, text);
    live.append(line);
    setTimeout(() => line.remove(), 1500);
  }

  // --- showing ---
  const nearEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 90;
  // To the newest message; one that is taller than the window is read from its beginning.
  function toEnd() {
    const last = log.querySelector(":scope > .turn:last-of-type");
    log.scrollTop = last && last.offsetHeight > log.clientHeight - 24 ? last.offsetTop - 12 : log.scrollHeight;
    newer.hidden = true;
  }
  function linked(text) {
    const out = [];
    let from = 0;
    for (const match of text.matchAll(LINK)) {
      const word = match[0];
      const url = word.startsWith("https:") ? word : `tel:${word.replace(/[^\d+]/g, "")}`;
      if (word.startsWith("https:") && !word.startsWith(base) && !HOSTS.test(new URL(word).hostname)) continue;
      out.push(text.slice(from, match.index), make("a", { href: url, ...(word.startsWith("https:") && { target: "_blank", rel: "noopener noreferrer" }) }, word));
      from = match.index + word.length;
    }
    return [...out, text.slice(from)];
  }
  function bubble(text, byVisitor) {
    const paragraphs = text.split(/\n{2,}/).map((paragraph) => byVisitor
      ? make("p", {}, paragraph)
      : make("p", {}, ...paragraph.split(/\*\*(.+?)\*\*/).flatMap((piece, odd) => odd % 2 ? make("strong", {}, ...linked(piece)) : linked(piece))));
    return make("div", { className: "bubble" }, ...paragraphs);
  }
  const nameOf = (author, name) => (author === "staff" && name ? WORDS.named.replace("{name}", name) : WORDS.who[author] || author);
  function answeredBy(name) {
    person = name;
    subtitle.textContent = name ? WORDS.person.replace("{name}", name) : WORDS.subtitle;
  }
  function turn(author, text, name, look = "") {
    const stay = nearEnd();
    const node = make("div", { className: `turn ${author}${look}` }, make("p", { className: "who" }, nameOf(author, name)), bubble(text, author === "visitor"));
    log.insertBefore(node, dots);
    if (stay || author === "visitor") toEnd();
    else newer.hidden = false;
    return node;
  }
  function state(node, text, retry) {
    node.querySelector(".state")?.remove();
    if (!text) return;
    const line = make("p", { className: retry ? "state bad" : "state" }, text);
    if (retry) line.append(make("button", { type: "button", className: "link", onclick: retry }, WORDS.retry));
    node.append(line);
  }
  const dropChoices = () => log.querySelectorAll(".choices").forEach((node) => node.remove());

  function show(message, isNew) {
    const own = message.client_id && seen.get(message.client_id);
    if (own) {
      seen.set(message.id, own);
      state(own, WORDS.sent);
    }
    if (seen.has(message.id)) return;
    if (TEXTS[message.language] && root.lang !== message.language) speak(message.language);
    if (message.with) answeredBy(message.with === "staff" ? message.name : "");
    const node = turn(message.author, message.text, message.name, message.with ? " switch" : "");
    if (message.language) node.querySelector(".bubble").lang = message.language;
    seen.set(message.id, node);
    if (message.client_id) seen.set(message.client_id, node);
    if (message.author === "visitor") return dropChoices();
    const replies = message.quick_replies || [];
    if (replies.length) {
      dropChoices();
      node.append(make("div", { className: "choices", role: "group", "aria-label": WORDS.choices }, ...replies.map((reply) =>
        make("button", { type: "button", className: "choice", onclick: () => { log.focus({ preventScroll: true }); send(reply.payload, reply.title); } }, reply.title))));
    }
    if (newer.hidden) toEnd();
    if (!isNew) return;
    const spoken = message.text.replace(/\*\*/g, "");
    announce(`${nameOf(message.author, message.name)}: ${spoken}${replies.length ? ` ${WORDS.choices}: ${replies.map((reply) => reply.title).join(", ")}.` : ""}`);
    if (!isOpen()) count(unread + 1);
  }
  function count(number) {
    unread = number;
    badge.hidden = !number;
    badge.textContent = number || "";
    launcher.setAttribute("aria-label", number ? `${WORDS.launcher} (${number} ${WORDS.unread})` : WORDS.launcher);
  }
  function writing(change) {
    waiting = Math.max(0, waiting + change);
    if (waiting && !dots && !person) {
      dots = make("div", { className: "turn" }, make("div", { className: "bubble dots", role: "img", "aria-label": WORDS.writing }, make("i"), make("i"), make("i")));
      log.append(dots);
      toEnd();
      setTimeout(() => waiting && announce(WORDS.writing), 1500);
    } else if (!waiting && dots) {
      dots.remove();
      dots = null;
    }
  }
  function tell(text) {
    if (notice.textContent === text && !notice.hidden) return;
    notice.textContent = text || "";
    notice.hidden = !text;
    if (text) announce(text);
  }

  // --- talking to the server ---
  let beginning = null; // one chat only, however fast somebody opens and sends
  function begin() {
    if (memory.token) return true;
    beginning ||= startChat().finally(() => { beginning = null; });
    return beginning;
  }
  async function startChat() {
    try {
      const response = await call("", { method: "POST", body: { locale: document.documentElement.lang || "en" } });
      const data = await response.json();
      if (!response.ok) throw new Error(data.error?.message);
      keep({ id: data.conversation_id, token: data.token, last: data.messages.at(-1)?.id });
      tell("");
      data.messages.forEach((message) => show(message, true));
      follow();
      return true;
    } catch (error) {
      tell(error.name === "Error" && error.message ? error.message : WORDS.offline);
      return false;
    }
  }
  function ended(text) {
    streaming?.abort();
    forget();
    keep({ open: true });
    answeredBy("");
    dropChoices();
    writing(-waiting);
    form.hidden = true;
    ask.replaceChildren(make("p", {}, text), make("button", { type: "button", className: "main", onclick: restart }, WORDS.fresh));
    ask.hidden = false;
    announce(text);
  }
  async function restart() {
    log.replaceChildren();
    seen.clear();
    ask.hidden = true;
    form.hidden = false;
    await begin();
    input.focus();
  }
  async function catchUp(isNew) {
    for (let more = true; more;) {
      const response = await call(`/${memory.id}/messages${memory.last ? `?after=${memory.last}` : ""}`);
      if ([401, 403, 404].includes(response.status)) return void ended(WORDS.ended);
      if (!response.ok) throw new Error("history");
      const data = await response.json();
      data.messages.forEach((message) => show(message, isNew));
      if (data.messages.length) keep({ last: data.messages.at(-1).id });
      more = data.more;
    }
  }
  // Follows the conversation until it ends: a stream while there is one, and one look (a poll) before each new attempt.
  async function follow() {
    streaming?.abort();
    const mine = (streaming = new AbortController());
    let failures = 0;
    while (!mine.signal.aborted && memory.token) {
      try {
        if (failures) await catchUp(true);
        if (!memory.token) return;
        const response = await call(`/${memory.id}/events`, {
          signal: mine.signal, headers: { Accept: "text/event-stream", ...(memory.last && { "Last-Event-ID": memory.last }) },
        });
        if ([401, 403, 404].includes(response.status)) return void ended(WORDS.ended);
        if (!response.ok || !response.body) throw new Error("stream");
        if (failures > 1) announce(WORDS.back);
        failures = 0;
        tell("");
        await read(response.body, mine);
        failures = 1;
      } catch {
        failures += 1;
      }
      if (mine.signal.aborted) return;
      if (failures > 2) tell(WORDS.offline);
      await pause(Math.min(500 * 2 ** failures, 8000));
    }
  }
  async function read(body, mine) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done || mine.signal.aborted) return;
      text = (text + value).replace(/\r\n?/g, "\n");
      const events = text.split("\n\n");
      text = events.pop();
      for (const event of events) {
        const field = (name) => event.split("\n").filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim()).join("\n");
        if (field("event") === "erased") return ended(WORDS.erased);
        if (field("event") !== "message") continue;
        show(JSON.parse(field("data")), true);
        keep({ last: field("id") });
      }
    }
  }
  async function send(payload, title) {
    dropChoices();
    const id = uuid();
    const node = turn("visitor", title || payload);
    seen.set(id, node);
    await deliver(id, payload, node);
  }
  async function deliver(id, text, node) {
    state(node, WORDS.sending);
    writing(1);
    let problem = "";
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (attempt) await pause(700 * attempt);
      try {
        if (!(await begin())) continue;
        const response = await call(`/${memory.id}/messages`, { method: "POST", body: { id, text } });
        const data = await response.json();
        if (response.ok) {
          writing(-1);
          state(node, WORDS.sent);
          tell("");
          data.messages.forEach((message) => show(message, true));
          return;
        }
        if ([401, 403, 404].includes(response.status)) return void ended(WORDS.ended);
        problem = data.error?.message || "";
        if (response.status < 500) break;
      } catch { /* no network: the same id may safely be sent again */ }
    }
    writing(-1);
    state(node, `${WORDS.unsent} ${problem}`, () => deliver(id, text, node));
    announce(`${WORDS.unsent} ${problem}`);
  }

  // --- what the visitor does ---
  async function open(focus = true) {
    panel.hidden = false;
    root.classList.add("open");
    launcher.setAttribute("aria-expanded", "true");
    count(0);
    keep({ open: true });
    toEnd();
    if (focus) input.focus();
    await begin();
  }
  function close() {
    panel.hidden = true;
    root.classList.remove("open");
    launcher.setAttribute("aria-expanded", "false");
    keep({ open: false });
    launcher.focus();
  }
  function leave() {
    streaming?.abort();
    memory = {};
    forget();
    document.documentElement.hidden = true;
    location.replace(options.leave || "https://www.weather.gov/");
  }
  function askErase() {
    const done = () => { ask.hidden = true; input.focus(); };
    const yes = make("button", { type: "button", className: "main", onclick: erase }, WORDS.eraseYes);
    ask.replaceChildren(make("p", {}, WORDS.eraseAsk), yes, make("button", { type: "button", onclick: done }, WORDS.eraseNo));
    ask.hidden = false;
    yes.focus();
    announce(WORDS.eraseAsk);
  }
  async function erase() {
    try {
      streaming?.abort();
      const response = memory.token ? await call(`/${memory.id}`, { method: "DELETE" }) : { ok: true };
      if (!response.ok && response.status !== 404) throw new Error("erase");
      input.value = "";
      log.replaceChildren();
      dots = null;
      ended(WORDS.erased);
      ask.querySelector("button").focus();
    } catch {
      follow();
      tell(WORDS.offline);
    }
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return input.focus();
    input.value = "";
    keep({ draft: "" });
    send(text);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  input.addEventListener("input", () => keep({ draft: input.value }));
  log.addEventListener("scroll", () => { if (nearEnd()) newer.hidden = true; }, { passive: true });
  shadow.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    event.stopPropagation();
    if (!ask.hidden && !form.hidden) { ask.hidden = true; input.focus(); } else close();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-first-step-open]")) open();
  });
  window.addEventListener("online", () => memory.token && follow());

  // --- start: styles first, so that nothing flashes; then what this tab remembers ---
  async function start() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(await (await fetch(`${base}widget.css`, { credentials: "omit" })).text());
    shadow.adoptedStyleSheets = [sheet];
    speak(spanish(document.documentElement.lang) ? "es" : "en");
    document.body.append(host);
    input.value = memory.draft || "";
    if (!memory.token) return void (memory.open && open(false));
    keep({ last: "" }); // the transcript is not kept in the browser: it is asked for again
    if (memory.open) open(false);
    for (let tries = 0; memory.token; tries += 1) {
      try {
        await catchUp(false);
        break;
      } catch {
        tell(WORDS.offline);
        await pause(Math.min(1000 * 2 ** tries, 8000));
      }
    }
    if (!memory.token) return;
    tell("");
    toEnd();
    follow();
  }
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
