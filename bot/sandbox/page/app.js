// Puts the page together: the bar, the list of people, and the phones.
import { ApiError } from "./api.js";
import { avatar, button, dialog, h, icon, iconButton, narrow, toast } from "./dom.js";
import { addSamples, askGroup, askPerson } from "./people.js";
import { Phone } from "./phone.js";
import { store } from "./store.js";
import { buildStrips, buildTopbar } from "./topbar.js";
import { W } from "./words.js";

const board = document.querySelector("#board");
const roster = document.querySelector("#roster");
const phones = new Map();
let active = null;

const page = { show };

/** Brings a phone before the eyes: the tab on a narrow screen, scrolled into view on a wide one. */
function show(pid) {
  activate(pid);
  const phone = phones.get(pid);
  if (!phone) return;
  phone.root.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  phone.root.classList.add("called");
  setTimeout(() => phone.root.classList.remove("called"), 900);
}

function activate(pid) {
  active = pid;
  for (const [id, phone] of phones) phone.root.classList.toggle("active", id === pid);
  for (const phone of phones.values()) phone.read();
  drawRoster();
}

function drawPhones() {
  const wanted = store.phones;
  for (const [pid, phone] of phones) {
    if (!wanted.some((one) => one.pid === pid)) {
      phone.root.remove();
      phones.delete(pid);
    }
  }
  wanted.forEach((one, index) => {
    if (!phones.has(one.pid)) phones.set(one.pid, new Phone(one, page));
    const { root } = phones.get(one.pid);
    if (board.children[index] !== root) board.insertBefore(root, board.children[index] ?? null);
  });
  while (board.children.length > wanted.length) board.lastElementChild.remove();
  if (!wanted.length && store.bot) board.append(store.users.size ? noPhones() : welcome());
  if (!phones.has(active)) active = wanted[0]?.pid ?? null;
  activate(active);
}

function welcome() {
  return h("div", { class: "welcome" }, h("img", { src: "/page/icon.svg", alt: "" }), h("h2", {}, W.welcomeTitle), h("p", {}, W.welcomeText),
    h("div", { class: "welcome-actions" },
      button(W.addSamples, () => guarded(addSamples), { class: "primary" }),
      button(W.addPerson, () => askPerson(show))));
}

function noPhones() {
  return h("div", { class: "welcome" }, h("img", { src: "/page/icon.svg", alt: "" }), h("h2", {}, W.noPhonesTitle), h("p", {}, W.noPhonesText),
    h("div", { class: "welcome-actions" }, button(W.choosePhones, choosePhones, { class: "primary" })));
}

async function guarded(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toast(document.body, W.failed(error.message), "bad");
  }
}

// the list of people and groups: a side column on a wide screen, tabs on a narrow one

function badge(count) {
  return count ? h("span", { class: "badge", "aria-label": W.unread(count) }, count > 99 ? "99+" : String(count)) : null;
}

const unreadOf = (chat) => store.phones.filter((phone) => phone.chat === chat).reduce((sum, { pid }) => sum + (store.unread.get(pid) || 0), store.unread.get(`c${chat}`) || 0);

function tab({ pid, chat, viewer }) {
  const name = chat > 0 ? store.name(viewer) : store.groups.get(chat)?.title ?? "";
  const short = chat > 0 ? name.split(" ").at(-1) : name;
  return h("button", {
    type: "button", class: "tab", role: "tab", "aria-selected": String(pid === active), "aria-controls": `phone-${pid}`, title: name, dataset: { spot: `tab${pid}` },
    onclick: () => activate(pid),
  }, avatar(name, chat), h("span", { class: "tab-name" }, short), badge(store.unread.get(pid)));
}

function rosterItem({ id, name, line, viewer, isGroup, status }) {
  const open = store.phones.filter((phone) => phone.chat === id);
  const label = isGroup ? W.showGroup(name) : W.showPhone(name);
  const main = h("button", {
    type: "button", class: "roster-main", "aria-label": open.length ? name : label, dataset: { spot: `open${id}` },
    onclick: () => { store.unread.delete(`c${id}`); show(open[0]?.pid ?? store.open(id, viewer)); },
  }, avatar(name, id), h("span", { class: "roster-words" }, h("span", { class: "roster-name" }, name), h("span", { class: `roster-line ${status}` }, line)), badge(unreadOf(id)));
  const toggle = open.length
    ? iconButton("close", isGroup ? W.hideGroup(name) : W.hidePhone(name), () => open.forEach(({ pid }) => store.hide(pid)), { dataset: { spot: `hide${id}` } })
    : iconButton("plus", label, () => show(store.open(id, viewer)), { dataset: { spot: `show${id}` } });
  return h("li", { class: open.length ? "open" : "" }, main, toggle);
}

function personItem(user) {
  const status = user.blocked ? "bad" : "";
  const line = user.blocked ? W.blocked : user.started ? (user.username ? `@${user.username}` : W.started) : W.notStarted;
  return rosterItem({ id: user.id, name: store.name(user.id), line, viewer: user.id, isGroup: false, status });
}

function groupItem(group) {
  return rosterItem({ id: group.id, name: group.title, line: W.members(group.members.length), viewer: group.members[0], isGroup: true, status: "" });
}

function rosterList() {
  const people = [...store.users.values()];
  const groups = [...store.groups.values()].filter((group) => !group.migrated_to && group.members.some((id) => store.users.has(id)));
  return [
    h("div", { class: "roster-head" }, h("h2", {}, W.people), iconButton("plus", W.addPerson, () => askPerson(show), { dataset: { spot: "add" } })),
    people.length ? h("ul", {}, people.map(personItem)) : h("p", { class: "roster-none" }, W.noPeople),
    h("div", { class: "roster-head" }, h("h2", {}, W.groups),
      iconButton("plus", W.addGroup, () => askGroup(show), { disabled: people.length === 0, dataset: { spot: "addgroup" } })),
    h("ul", {}, groups.map(groupItem)),
  ];
}

let chooser = null;

function choosePhones() {
  const body = h("div", { class: "roster-list" });
  chooser = body;
  dialog(W.choosePhones, () => [h("p", { class: "sheet-text quiet-text" }, W.choosePhonesHelp), body], { onclose: () => { chooser = null; } });
  fill(body, rosterList());
}

function fill(root, children) {
  const spot = root.contains(document.activeElement) ? document.activeElement.dataset.spot : null;
  const { scrollLeft, scrollTop } = root;
  root.replaceChildren(...children);
  Object.assign(root, { scrollLeft, scrollTop });
  if (spot) root.querySelector(`[data-spot="${CSS.escape(spot)}"]`)?.focus({ preventScroll: true });
}

function drawRoster() {
  if (!store.bot) return;
  roster.setAttribute("aria-label", W.phones);
  if (narrow()) {
    let strip = roster.querySelector(".tabs");
    if (!strip) {
      strip = h("div", { class: "tabs", role: "tablist", "aria-label": W.phones });
      roster.replaceChildren(strip, h("button", { type: "button", class: "icon-button tab-more", "aria-label": W.choosePhones, title: W.choosePhones, onclick: choosePhones }, icon("users")));
    }
    fill(strip, store.phones.map(tab));
    strip.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  } else {
    if (!roster.querySelector(".roster-list")) roster.replaceChildren(h("div", { class: "roster-list" }));
    fill(roster.firstElementChild, rosterList());
  }
  if (chooser) fill(chooser, rosterList());
}

// wiring

buildTopbar(document.querySelector("#topbar"));
buildStrips(document.querySelector("#strips"));
store.reading = (pid) => Boolean(phones.get(pid)?.reading);
store.on("phones", drawPhones);
store.on("people", () => {
  for (const phone of phones.values()) phone.update();
  drawRoster();
});
store.on("unread", drawRoster);
store.on("arrived", (message) => {
  for (const phone of phones.values()) if (phone.chat === message.chat) phone.arrived(message);
});
store.on("chat", (id) => {
  for (const phone of phones.values()) if (phone.chat === id) phone.renderMessages();
});
store.on("typing", (id, action) => {
  for (const phone of phones.values()) if (phone.chat === id) phone.setTyping(action);
});
store.on("answer", (answer) => {
  for (const phone of phones.values()) phone.answered(answer);
});
store.on("commands", () => {
  for (const phone of phones.values()) phone.composer.forgetCommands();
});
store.on("calendar", () => {
  for (const phone of phones.values()) phone.renderMessages();
});
matchMedia("(max-width: 759px)").addEventListener("change", () => {
  roster.replaceChildren();
  drawRoster();
});
document.addEventListener("visibilitychange", () => {
  for (const phone of phones.values()) phone.read();
});
// A file let go beside a phone must not replace the page.
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());

store.follow();
