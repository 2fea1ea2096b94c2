// One card: an article with its evidence, its names and what it says. Every string goes in as text, never as markup.
const HUES = 5;
const SHOWN = { happenings: 4, countries: 6 };
const TEHRAN = { timeZone: "Asia/Tehran" };
const dateFormat = new Intl.DateTimeFormat("fa-IR-u-ca-persian", { dateStyle: "medium", timeStyle: "short", ...TEHRAN });
export const numberFormat = new Intl.NumberFormat("fa-IR");
const scoreFormat = new Intl.NumberFormat("fa-IR", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const KINDS = {
  country: "کشور",
  person: "شخص",
  organisation: "سازمان",
  place: "جا",
  source: "منبع",
};
const GROUPS = { country: "کشورهای دیگر", person: "اشخاص", organisation: "سازمان‌ها", place: "جاها", source: "منبع‌ها" };

let labels = [];
export function learn(known) {
  labels = known;
}

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("data-") || key.startsWith("aria-") || key === "role") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children);
  return made;
}

export const hueOf = (label) => Math.max(0, labels.findIndex((known) => known.name === label)) % HUES;
const titleOf = (label) => labels.find((known) => known.name === label)?.title ?? label;

// Texts of others keep their direction to themselves.
const isolated = (text) => element("bdi", {}, text);
const joined = (texts, between) => texts.flatMap((text, at) => (at ? [between, isolated(text)] : [isolated(text)]));

function described(name) {
  return `${KINDS[name.kind] ?? ""}: ${[name.name, name.role].filter(Boolean).join("، ")}`;
}

// Names within names lie within each other, each with a line of its own below the text; a country is innermost.
export function marked(pieces, names) {
  return pieces.map(([text, spoke, numbers]) => {
    let node = document.createTextNode(text);
    for (const name of (numbers ?? []).map((number) => names[number]).filter(Boolean)) {
      node = element("span", { class: `name ${name.kind in KINDS ? name.kind : ""}`, title: described(name) }, node);
    }
    if (!spoke?.length) return node;
    return element("mark", { class: `hue-${hueOf(spoke[0])}`, title: spoke.map(titleOf).join("، ") }, node);
  });
}

function tags(article) {
  return element(
    "ul",
    { class: "tags" },
    ...article.labels.map((label) =>
      element(
        "li",
        { class: `tag hue-${hueOf(label.name)}`, "data-label": label.name, "data-decision": label.decision },
        `${titleOf(label.name)}${label.decision === "abstained" ? "؟" : ""} ${scoreFormat.format(label.score)}`,
      ),
    ),
  );
}

function about(article) {
  const seen = new Date(article.published_at ?? article.first_seen_at);
  const parts = [
    isolated(article.publisher),
    element("time", { dateTime: seen.toISOString() }, dateFormat.format(seen)),
  ];
  if (article.withdrawn) parts.push(element("strong", {}, "پس گرفته شد"));
  else if (article.revision > 1) parts.push(element("span", {}, `ویرایش ${numberFormat.format(article.revision)}`));
  if (article.url) {
    parts.push(
      element("a", { href: article.url, target: "_blank", rel: "noopener noreferrer", class: "origin" }, "در سایت منبع"),
    );
  }
  return element("p", { class: "about" }, ...parts);
}

function named(name, choose) {
  const button = element(
    "button",
    { type: "button", class: `named ${name.kind}`, "data-key": name.key, title: `فقط خبرهای ${name.name}` },
    isolated(name.name),
  );
  button.addEventListener("click", () => choose(name));
  return button;
}

const ofKind = (article, kind) => {
  const found = article.names.filter((name) => name.kind === kind);
  return [...new Map(found.map((name) => [name.key, name])).values()];
};

function chains(article) {
  return article.chains.map((links) => element("p", { class: "chain" }, ...joined(links, " به نقل از ")));
}

function happenings(article, from, until) {
  return article.happenings
    .slice(from, until)
    .map((happening) =>
      element(
        "li",
        { class: "happening", "data-modality": happening.modality },
        ...joined(happening.parts, " · "),
      ),
    );
}

function countries(article, choose) {
  const items = ofKind(article, "country").slice(0, SHOWN.countries);
  if (!items.length) return [];
  const shown = items.map((name) => element("li", {}, named(name, choose)));
  return [element("ul", { class: "countries", "aria-label": "کشورها" }, ...shown)];
}

function what(article) {
  const happened = happenings(article, 0, SHOWN.happenings);
  const list = happened.length ? [element("ul", { class: "happenings", "aria-label": "رویدادها" }, ...happened)] : [];
  return [...list, ...chains(article)];
}

function group(article, kind, choose) {
  const shown = kind === "country" ? SHOWN.countries : 0;
  const items = ofKind(article, kind).slice(shown).map((name) =>
    element("li", {}, named(name, choose), ...(name.role ? ["، ", isolated(name.role)] : [])),
  );
  if (!items.length) return [];
  const title = element("h3", {}, element("span", { class: `name ${kind}` }, GROUPS[kind]));
  return [element("section", {}, title, element("ul", {}, ...items))];
}

function quotes(article) {
  const items = article.quotes.map((quote) => {
    const speaker = element("bdi", { class: "speaker" }, quote.speaker || "گوینده ناروشن");
    const words = quote.direct ? ["«", isolated(quote.text), "»"] : [isolated(quote.text)];
    return element("li", {}, speaker, ": ", ...words);
  });
  if (!items.length) return [];
  return [element("section", { class: "quotes" }, element("h3", {}, "نقل‌قول‌ها"), element("ul", {}, ...items))];
}

function counted(article) {
  const counts = [
    [ofKind(article, "person").length, "شخص"],
    [ofKind(article, "organisation").length, "سازمان"],
    [ofKind(article, "place").length, "جا"],
    [article.quotes.length, "نقل‌قول"],
  ];
  return counts.filter(([count]) => count).map(([count, title]) => `${numberFormat.format(count)} ${title}`).join("، ");
}

function details(article, choose) {
  const rest = happenings(article, SHOWN.happenings);
  const parts = [
    ...Object.keys(GROUPS).flatMap((kind) => group(article, kind, choose)),
    ...(rest.length ? [element("section", {}, element("h3", {}, "رویدادهای دیگر"), element("ul", {}, ...rest))] : []),
    ...quotes(article),
  ];
  if (!parts.length) return [];
  const summary = element("summary", {}, counted(article) || "بیشتر");
  return [element("details", { class: "who" }, summary, element("div", { class: "groups" }, ...parts))];
}

export function drawn(article, open, choose) {
  const heading = element("h2", { id: `t${article.number}` }, ...marked(article.title, article.names));
  const toggle = element("button", { type: "button", class: "open", "aria-expanded": "false" }, "متن کامل");
  const card = element(
    "article",
    { tabIndex: -1, id: `a-${article.id}`, "aria-labelledby": `t${article.number}`, "data-new": "" },
    about(article),
    heading,
    element("div", { class: "row" }, tags(article), ...countries(article, choose)),
    ...what(article),
    element("p", { class: "lead" }, ...marked(article.lead, article.names)),
    ...details(article, choose),
    toggle,
  );
  if (article.labels.some((label) => label.decision === "assigned")) card.dataset.labelled = "";
  if (article.withdrawn) card.dataset.withdrawn = "";
  toggle.addEventListener("click", () => open(card, article, toggle));
  return card;
}

// What a search looks through: all that a reader sees of the card, and what is folded away in it.
export function searched(article) {
  const plain = (pieces) => pieces.map(([text]) => text).join("");
  return [
    plain(article.title),
    plain(article.lead),
    article.publisher,
    ...article.names.flatMap((name) => [name.name, name.role]),
    ...article.chains.flat(),
    ...article.happenings.flatMap((happening) => happening.parts),
    ...article.quotes.map((quote) => quote.speaker),
  ].join(" ");
}
