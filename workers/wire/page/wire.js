// The live page: what arrives, what is shown of it, and the keys. `card.js` draws one article.
import { drawn, element, hueOf, KINDS, learn, marked, numberFormat, searched } from "./card.js";

const KEEP = 300;
const at = (id) => document.getElementById(id);
const wire = at("wire");

const state = {
  labels: [],
  chosen: new Set(),
  publisher: "",
  country: "",
  name: null,
  words: [],
  paused: false,
  waiting: [],
  cards: new Map(),
  publishers: new Set(),
  countries: new Map(),
};

// Arabic and Persian forms, ZWNJ and marks make no difference to who searches.
function folded(text) {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[يى]/g, "ی")
    .replace(/ك/g, "ک")
    .replace(/[أإآ]/g, "ا")
    .replace(/[ۀة]/g, "ه")
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/[\u064b-\u0652\u0670\u0640\u200c\u200d]/g, "");
}

async function open(card, article, toggle) {
  const shown = card.querySelector(".whole");
  if (shown) {
    shown.remove();
    card.querySelector(".lead").hidden = false;
    toggle.textContent = "متن کامل";
    toggle.setAttribute("aria-expanded", "false");
    return;
  }
  const answer = await fetch(`/articles/${encodeURIComponent(article.id)}`);
  if (!answer.ok) {
    toggle.textContent = "متن دیگر در دسترس نیست";
    toggle.disabled = true;
    return;
  }
  const full = await answer.json();
  const breaks = full.summary.length ? [document.createTextNode("\n\n")] : [];
  const whole = element("div", { class: "whole" }, ...marked(full.summary, article.names), ...breaks, ...marked(full.text, article.names));
  if (full.truncated) whole.append("…");
  card.querySelector(".lead").hidden = true;
  card.querySelector(".lead").after(whole);
  toggle.textContent = "بستن متن";
  toggle.setAttribute("aria-expanded", "true");
}

function fits(entry) {
  const { article } = entry;
  const assigned = article.labels.filter((label) => label.decision === "assigned").map((label) => label.name);
  if (state.chosen.size && !assigned.some((label) => state.chosen.has(label))) return false;
  if (state.publisher && article.publisher !== state.publisher) return false;
  if (state.country && !entry.keys.has(state.country)) return false;
  if (state.name && !entry.keys.has(state.name.key)) return false;
  return state.words.every((word) => entry.folded.includes(word));
}

function show(article) {
  const known = state.cards.get(article.id);
  known?.card.remove();
  const entry = {
    article,
    card: drawn(article, open, choose),
    keys: new Set(article.names.map((name) => name.key)),
    folded: folded(searched(article)),
  };
  // The newest is last in the map, and first on the page.
  state.cards.delete(article.id);
  state.cards.set(article.id, entry);
  entry.card.hidden = !fits(entry);
  press(entry.card);
  wire.prepend(entry.card);
  if (state.cards.size > KEEP) {
    const [oldest, { card }] = state.cards.entries().next().value;
    card.remove();
    state.cards.delete(oldest);
  }
  if (!state.publishers.has(article.publisher)) {
    state.publishers.add(article.publisher);
    offer(at("publisher"), article.publisher, article.publisher);
  }
  for (const name of article.names.filter((named) => named.kind === "country" && !state.countries.has(named.key))) {
    state.countries.set(name.key, name.name);
    offer(at("country"), name.key, name.name);
  }
}

// The first option is "all"; the others stand in the order of the Persian alphabet.
function offer(list, value, text) {
  const after = [...list.options].slice(1).find((option) => option.textContent.localeCompare(text, "fa") > 0) ?? null;
  list.add(element("option", { value }, text), after);
}

// A name that was chosen on a card: a country goes into its list, anything else stands beside the search.
function choose(name) {
  if (name.kind === "country") {
    state.country = state.country === name.key ? "" : name.key;
    at("country").value = state.country;
  } else {
    state.name = name.key === state.name?.key ? null : name;
  }
  filter();
}

let counting = 0;
function count() {
  cancelAnimationFrame(counting);
  counting = requestAnimationFrame(() => {
    const visible = visibleCards();
    visible.forEach((card, index) => {
      card.setAttribute("aria-posinset", index + 1);
      card.setAttribute("aria-setsize", visible.length);
    });
    at("count").textContent = `${numberFormat.format(visible.length)} خبر از ${numberFormat.format(state.cards.size)}`;
    at("empty").hidden = visible.length > 0;
    at("fresh").hidden = state.waiting.length === 0;
    at("fresh").textContent = `${numberFormat.format(state.waiting.length)} خبر تازه؛ نشان بده`;
    wire.setAttribute("aria-busy", "false");
  });
}

const visibleCards = () => [...wire.children].filter((card) => !card.hidden);

// The names on cards that the page is narrowed to.
function press(within) {
  const chosen = [state.country, state.name?.key];
  for (const button of within.querySelectorAll(".named")) {
    button.setAttribute("aria-pressed", String(chosen.includes(button.dataset.key)));
  }
}

function filter() {
  for (const entry of state.cards.values()) entry.card.hidden = !fits(entry);
  for (const button of at("labels").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(state.chosen.has(button.dataset.label)));
  }
  press(wire);
  at("name").hidden = state.name === null;
  if (state.name) {
    const shown = element("bdi", {}, state.name.name);
    at("name").replaceChildren(`${KINDS[state.name.kind] ?? ""}: `, shown, " ✕");
  }
  count();
}

function toggleLabel(name) {
  if (!state.chosen.delete(name)) state.chosen.add(name);
  filter();
}

function pause(on) {
  state.paused = on;
  at("pause").setAttribute("aria-pressed", String(on));
  at("pause").textContent = on ? "ادامه" : "درنگ";
  if (!on) {
    for (const article of state.waiting.splice(0)) show(article);
    filter();
  }
}

const THEMES = { auto: "خودکار", light: "روشن", dark: "تیره" };
function theme(name) {
  const chosen = name in THEMES ? name : "auto";
  if (chosen === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  at("theme").textContent = `پوسته: ${THEMES[chosen]}`;
  at("theme").dataset.theme = chosen;
  localStorage.setItem("theme", chosen);
}
function nextTheme() {
  const names = Object.keys(THEMES);
  theme(names[(names.indexOf(at("theme").dataset.theme) + 1) % names.length]);
}

function names(on) {
  document.documentElement.dataset.names = on ? "on" : "off";
  at("names").setAttribute("aria-pressed", String(on));
  localStorage.setItem("names", on ? "on" : "off");
}
const toggleNames = () => names(document.documentElement.dataset.names === "off");

function unfold() {
  const details = document.activeElement.closest("article")?.querySelector("details");
  if (details) details.open = !details.open;
}

function step(by) {
  const cards = visibleCards();
  const now = cards.indexOf(document.activeElement.closest("article"));
  const next = now < 0 ? (by > 0 ? 0 : cards.length - 1) : now + by;
  cards[Math.min(Math.max(next, 0), cards.length - 1)]?.focus();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  o: () => document.activeElement.querySelector?.(".origin")?.click(),
  p: () => pause(!state.paused),
  t: nextTheme,
  n: toggleNames,
  i: unfold,
  "/": () => at("search").focus(),
  "?": () => at("help").showModal(),
  0: () => {
    state.chosen.clear();
    state.name = null;
    state.country = state.publisher = at("country").value = at("publisher").value = "";
    filter();
  },
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || at("help").open) return;
  const typing = /^(input|select|textarea)$/i.test(event.target.tagName);
  if (typing) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  // The letter keys by their place, so that they work on a Persian keyboard too.
  const key = /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : event.key;
  const digit = /^Digit\d$/.test(event.code) ? event.code.slice(5) : key;
  if (event.key === "Enter" && event.target.tagName === "ARTICLE") event.target.querySelector(".open").click();
  else if (/^[1-9]$/.test(digit) && state.labels[digit - 1]) toggleLabel(state.labels[digit - 1].name);
  else if (KEYS[digit] && !(event.shiftKey && key !== "?")) KEYS[digit]();
  else if (event.key === "?" || event.key === "؟") KEYS["?"]();
  else return;
  event.preventDefault();
}

const STATES = {
  connecting: "در حال اتصال…",
  live: "زنده",
  lost: "ارتباط با سرور قطع است؛ دوباره تلاش می‌شود",
  broker: "کافکا پاسخ نمی‌دهد؛ خبر تازه‌ای نمی‌آید",
};
function tell(name) {
  at("state").dataset.state = name;
  at("state").textContent = STATES[name];
}

function listen() {
  const source = new EventSource("/events");
  source.addEventListener("article", (event) => {
    const article = JSON.parse(event.data);
    if (state.paused) state.waiting.push(article);
    else show(article);
    if (state.waiting.length > KEEP) state.waiting.shift();
    count();
  });
  source.addEventListener("state", (event) => tell(JSON.parse(event.data).broker ? "live" : "broker"));
  source.addEventListener("error", () => {
    tell("lost");
    // A browser that was turned away (too many are looking) does not come back by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 10_000);
  });
}

async function start() {
  theme(localStorage.getItem("theme"));
  names(localStorage.getItem("names") !== "off");
  state.labels = await (await fetch("/labels")).json();
  learn(state.labels);
  for (const label of state.labels) {
    const button = element(
      "button",
      { type: "button", class: `tag hue-${hueOf(label.name)}`, "aria-pressed": "false", "data-label": label.name },
      label.title,
    );
    button.addEventListener("click", () => toggleLabel(label.name));
    at("labels").append(button);
  }
  at("publisher").addEventListener("change", (event) => {
    state.publisher = event.target.value;
    filter();
  });
  at("country").addEventListener("change", (event) => {
    state.country = event.target.value;
    filter();
  });
  at("name").addEventListener("click", () => {
    state.name = null;
    filter();
    at("search").focus();
  });
  at("names").addEventListener("click", toggleNames);
  at("search").addEventListener("input", (event) => {
    state.words = folded(event.target.value).split(/\s+/).filter(Boolean);
    filter();
  });
  at("filters").addEventListener("submit", (event) => event.preventDefault());
  at("pause").addEventListener("click", () => pause(!state.paused));
  at("fresh").addEventListener("click", () => {
    pause(false);
    wire.firstElementChild?.focus();
  });
  at("theme").addEventListener("click", nextTheme);
  at("keys").addEventListener("click", () => at("help").showModal());
  document.addEventListener("keydown", onKey);
  count();
  listen();
}

start();
