// Small tools for building the page: elements, icons, toasts, dialogs and menus.
import { W } from "./words.js";

const PATHS = {
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  send: "M4.5 12 20 4.8 15.6 20l-4-6.2zM11.6 13.8 20 4.8",
  clip: "m20 11.5-8.2 8.1a5.2 5.2 0 0 1-7.4-7.3l8.6-8.5a3.5 3.5 0 0 1 5 4.9l-8.6 8.5a1.7 1.7 0 0 1-2.5-2.4l7.9-7.8",
  down: "M12 5v13M6.5 12.8 12 18.3l5.5-5.5",
  clock: "M12 7.5V12l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
  bolt: "M13 3 5 13.5h6L10.5 21 19 10.2h-6.2z",
  file: "M14 3H7.5A1.5 1.5 0 0 0 6 4.5v15A1.5 1.5 0 0 0 7.5 21h9a1.5 1.5 0 0 0 1.5-1.5V7zM14 3v4h4",
  image: "M5.5 4h13A1.5 1.5 0 0 1 20 5.5v13a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5v-13A1.5 1.5 0 0 1 5.5 4zM4.5 17l4.8-5 4 4 2.2-2.2 4 4M15.2 8.7v.01",
  reply: "M10 6 4 12l6 6M4.5 12H14a6 6 0 0 1 6 6",
  forward: "m14 6 6 6-6 6M19.5 12H10a6 6 0 0 0-6 6",
  pencil: "M5 19l.8-4L16.5 4.3l3.2 3.2L9 18.2zM14 6.8 17.2 10",
  copy: "M9 9h9.5v10.5H9zM6 15H5V4.5h9.5V6",
  users: "M8.5 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c.4-3.4 2.8-5.2 6-5.2s5.6 1.8 6 5.2M16 5a3.3 3.3 0 0 1 0 6.3M17.5 14.6c2.3.5 3.7 2.2 4 4.9",
  phone: "M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3zM11 18h2",
  block: "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM5.7 5.7l12.6 12.6",
  link: "M14 5h5v5M19 5l-8 8M17 14v4.5A1.5 1.5 0 0 1 15.5 20h-10A1.5 1.5 0 0 1 4 18.5v-10A1.5 1.5 0 0 1 5.5 7H10",
  play: "M8 5.5v13l10.5-6.5z",
  slash: "M6 4h12a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM10 16l4-8",
  up: "M4 17v2a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-2M12 16V4.5M7 9l5-5 5 5",
};
const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** Builds an element. Strings become text nodes, so nothing given here is ever read as HTML. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else if (key === "dataset") Object.assign(element.dataset, value);
    else if (key in element && typeof value !== "string" && key !== "role") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const iconButton = (name, label, onclick, extra = {}) =>
  h("button", { type: "button", "aria-label": label, title: label, onclick, ...extra, class: `icon-button ${extra.class || ""}` }, icon(name));

export const button = (label, onclick, extra = {}) =>
  h("button", { type: "button", onclick, ...extra, class: `button ${extra.class || ""}` }, label);

const TINTS = 8;

/** Initials on a tint that depends on the id alone, so that a person keeps a colour. */
export function avatar(name, id) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const last = words.at(-1) || "?";
  const letters = words.length > 1 ? [...words[0]][0] + [...last][0] : [...last][0];
  return h("span", { class: `avatar tint-${Math.abs(id) % TINTS}`, "aria-hidden": "true" }, letters.toLocaleUpperCase("vi"));
}

export const tintOf = (id) => `tint-${Math.abs(id) % TINTS}`;

/** A short-lived line inside `where`; read out by screen readers. */
export function toast(where, text, kind = "note") {
  let shelf = where.querySelector(":scope > .toasts");
  if (!shelf) {
    shelf = h("div", { class: "toasts", role: "status" });
    where.append(shelf);
  }
  const line = h("div", { class: `toast ${kind}` }, text);
  shelf.append(line);
  const life = Math.min(9000, 3500 + text.length * 40);
  setTimeout(() => line.classList.add("leaving"), life);
  setTimeout(() => line.remove(), life + 300);
}

/** Opens a modal dialog; a sheet from the bottom on narrow screens. `build(close)` returns its body. */
export function dialog(title, build, { kind = "", onclose } = {}) {
  const close = () => box.close();
  const heading = h("h2", {}, title);
  const box = h("dialog", { class: `sheet ${kind}`, "aria-label": title });
  box.append(
    h("div", { class: "sheet-head" }, heading, iconButton("close", W.close, close)),
    h("div", { class: "sheet-body" }, build(close)),
  );
  box.addEventListener("click", (event) => event.target === box && close());
  box.addEventListener("close", () => {
    box.remove();
    onclose?.();
  });
  document.body.append(box);
  box.showModal();
  return box;
}

/** A yes/no question; resolves to true or false. */
export function confirm(text, yes = W.ok, kind = "") {
  return new Promise((resolve) => {
    let answer = false;
    dialog(yes, (close) => [
      h("p", { class: "sheet-text" }, text),
      h("div", { class: "sheet-actions" },
        button(W.cancel, close),
        button(yes, () => { answer = true; close(); }, { class: `primary ${kind}`, autofocus: true })),
    ], { kind: "small", onclose: () => resolve(answer) });
  });
}

/** A modal with one button, as Telegram shows for show_alert. */
export function alertBox(title, text) {
  dialog(title, (close) => [
    h("p", { class: "sheet-text alert-text" }, text),
    h("div", { class: "sheet-actions" }, button(W.ok, close, { class: "primary", autofocus: true })),
  ], { kind: "small alert" });
}

/** A labelled field with a place for its error. */
export function field(label, input, hint) {
  const id = `f${(field.count = (field.count || 0) + 1)}`;
  input.id = id;
  input.setAttribute("aria-describedby", `${id}-note`);
  const note = h("p", { class: "field-note", id: `${id}-note` }, hint || "");
  const row = h("div", { class: "field" }, h("label", { for: id }, label), input, note);
  row.fail = (text) => {
    note.textContent = text || hint || "";
    row.classList.toggle("bad", Boolean(text));
    input.toggleAttribute("aria-invalid", Boolean(text));
    if (text) input.focus();
  };
  return row;
}

/** A menu near a point; arrow keys move, Escape or a click elsewhere closes. items: [{icon, label, run, danger}]. */
export function menu(at, items, label) {
  const back = document.activeElement;
  const list = h("div", { class: "menu", role: "menu", "aria-label": label });
  const layer = h("dialog", { class: "menu-layer", "aria-label": label }, list);
  const close = () => layer.close();
  for (const item of items.filter(Boolean)) {
    list.append(h("button", {
      type: "button", role: "menuitem", class: item.danger ? "danger" : "",
      onclick: () => { close(); item.run(); },
    }, icon(item.icon), h("span", {}, item.label)));
  }
  layer.addEventListener("click", (event) => event.target === layer && close());
  layer.addEventListener("close", () => { layer.remove(); back?.focus?.({ preventScroll: true }); });
  layer.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...list.children];
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
  });
  document.body.append(layer);
  layer.showModal();
  const box = list.getBoundingClientRect();
  list.style.left = `${Math.max(8, Math.min(at.x, innerWidth - box.width - 8))}px`;
  list.style.top = `${Math.max(8, Math.min(at.y, innerHeight - box.height - 8))}px`;
  list.firstElementChild?.focus();
}

/** Where a menu opened from `element` should stand. */
export function below(element) {
  const box = element.getBoundingClientRect();
  return { x: box.right - 220, y: box.bottom + 4 };
}

export const coarse = () => matchMedia("(pointer: coarse)").matches;
export const narrow = () => matchMedia("(max-width: 759px)").matches;
