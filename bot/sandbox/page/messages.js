// The scrolling list of one chat: day lines, bubbles, albums, buttons. Rows are kept by key and changed in place.
import { dayKey, dayLabel, clock } from "./dates.js";
import { h, icon, iconButton, tintOf } from "./dom.js";
import { anchor, richNodes } from "./rich.js";
import { W } from "./words.js";

const NEAR_END = 48;
const RUN_GAP = 5 * 60 * 1000;
const HOLD = 450;

/** A path to this server, or "" for anything else. */
function ownAddress(address) {
  try {
    const url = new URL(address, location.href);
    return url.origin === location.origin ? url.pathname + url.search : "";
  } catch {
    return "";
  }
}

/** Messages as rows: [{key, day} | {key, messages, first, last}], albums joined, runs of one sender marked. */
function rowsOf(messages) {
  const rows = [];
  let previous = null;
  for (const message of messages) {
    const at = Date.parse(message.date);
    const day = dayKey(at);
    if (!previous || previous.day !== day) rows.push({ key: `d${day}-${message.id}`, day: at });
    const album = message.media_group_id;
    const sender = message.from_bot ? "bot" : message.from?.id;
    const row = rows.at(-1);
    if (album && row?.album === album && row.sender === sender) {
      row.messages.push(message);
    } else {
      rows.push({ key: `m${message.id}`, album, sender, at, service: Boolean(message.service), messages: [message] });
    }
    previous = { day };
  }
  rows.forEach((row, index) => {
    if (!row.messages) return;
    row.first = !sameRun(rows[index - 1], row);
    row.last = !sameRun(row, rows[index + 1]);
  });
  return rows;
}

function sameRun(one, next) {
  return Boolean(one?.messages && next?.messages && !one.service && !next.service
    && one.sender === next.sender && next.at - one.at < RUN_GAP);
}

export class MessageList {
  /** ctx: { viewer(), isGroup(), now(), botUsername, start(payload), say(text), tap(message, key, data), openMenu(message, at), openPhoto(url) } */
  constructor(ctx) {
    this.ctx = ctx;
    this.rows = new Map();
    this.pending = new Set();
    this.pinned = true;
    this.missed = 0;
    this.inner = h("div", { class: "rows" });
    this.root = h("div", { class: "messages", tabindex: "0", role: "log", "aria-live": "polite", "aria-relevant": "additions" }, this.inner);
    this.pill = h("button", { type: "button", class: "pill", hidden: true, onclick: () => this.toEnd(true) }, icon("down"), h("span"));
    this.root.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.sizes = new ResizeObserver(() => {
      this.sized = this.geometry;
      if (this.pinned) this.toEnd();
    });
    this.sizes.observe(this.inner);
    this.sizes.observe(this.root);
  }

  get visible() {
    return this.root.clientHeight > 0;
  }

  get atEnd() {
    return this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight < NEAR_END;
  }

  get geometry() {
    return `${this.root.scrollHeight}:${this.root.clientHeight}`;
  }

  /** A person who scrolls up lets go of the end; a layout that grew under a standing list does not. */
  scrolled() {
    if (!this.visible) return;
    if (this.atEnd) this.pinned = true;
    else if (this.sized === this.geometry) this.pinned = false;
    if (this.pinned) this.missed = 0;
    this.showPill();
    if (this.pinned) this.ctx.read();
  }

  toEnd(smooth = false) {
    this.root.scrollTo({ top: this.root.scrollHeight, behavior: smooth && !matchMedia("(prefers-reduced-motion: reduce)").matches ? "smooth" : "instant" });
    if (!smooth) this.pinned = true;
  }

  showPill() {
    this.pill.hidden = this.pinned;
    this.pill.classList.toggle("fresh", this.missed > 0);
    this.pill.lastElementChild.textContent = W.newMessages(this.missed);
  }

  /** Brings the list to `messages`; keeps what is being read where it is. */
  render(messages, { empty = null } = {}) {
    const held = this.pinned ? null : this.holdPlace();
    const now = this.ctx.now();
    const rows = rowsOf(messages);
    const byId = new Map(messages.map((message) => [message.id, message]));
    const wanted = new Set(rows.map((row) => row.key));
    for (const [key, kept] of this.rows) {
      if (!wanted.has(key)) {
        kept.element.remove();
        this.rows.delete(key);
      }
    }
    let place = this.inner.firstElementChild;
    for (const row of rows) {
      const element = this.rowElement(row, now, byId);
      if (element === place) place = place.nextElementSibling;
      else this.inner.insertBefore(element, place);
    }
    this.empty?.remove();
    this.empty = rows.length === 0 ? empty : null;
    if (this.empty) this.inner.append(this.empty);
    if (held) this.returnTo(held);
    else if (this.pinned) this.toEnd();
    this.showPill();
  }

  /** The first row in view and where it stands, to put it back after rows above it change. */
  holdPlace() {
    const top = this.root.getBoundingClientRect().top;
    for (const [key, { element }] of this.rows) {
      const box = element.getBoundingClientRect();
      if (box.bottom > top) return { key, y: box.top };
    }
    return null;
  }

  returnTo({ key, y }) {
    const element = this.rows.get(key)?.element;
    if (element) this.root.scrollTop += element.getBoundingClientRect().top - y;
  }

  rowElement(row, now, byId) {
    const kept = this.rows.get(row.key);
    const label = row.messages ? "" : dayLabel(row.day, now);
    const quoted = row.messages?.[0].reply_to ? byId.get(row.messages[0].reply_to) : undefined;
    const print = JSON.stringify([row, label, this.ctx.viewer(), quoted, [...this.pending].filter((key) => row.messages?.some((m) => key.startsWith(`${m.id}:`)))]);
    if (kept?.print === print) return kept.element;
    const ids = row.messages?.map((message) => message.id);
    const fresh = row.messages ? this.bubbleRow(row, byId) : h("div", { class: "day" }, h("span", {}, label));
    if (kept) {
      this.swap(kept.element, fresh);
      Object.assign(kept, { print, ids });
      return kept.element;
    }
    this.rows.set(row.key, { element: fresh, print, ids });
    return fresh;
  }

  /** Puts new contents into the standing element, so that an edit neither jumps nor loses the focus of its buttons. */
  swap(standing, fresh) {
    const focused = standing.contains(document.activeElement) ? document.activeElement : null;
    const spot = focused?.dataset.spot;
    standing.className = fresh.className;
    standing.replaceChildren(...fresh.childNodes);
    if (spot) standing.querySelector(`[data-spot="${CSS.escape(spot)}"]`)?.focus({ preventScroll: true });
  }

  bubbleRow(row, byId) {
    const message = row.messages[0];
    if (row.service) {
      return h("div", { class: "service", dataset: { message: message.id } }, h("span", {}, message.service));
    }
    const own = !message.from_bot && message.from?.id === this.ctx.viewer();
    const photos = row.messages.filter((m) => m.photo);
    const bubble = h("div", { class: `bubble${photos.length ? " with-photo" : ""}` });
    if (!own && row.first && this.ctx.isGroup()) {
      bubble.append(h("div", { class: `who ${message.from_bot ? "bot" : tintOf(message.from?.id ?? 0)}` }, message.from?.name || W.unknownPerson));
    }
    this.addOrigin(bubble, message, byId);
    if (photos.length) bubble.append(this.photoGrid(photos));
    for (const one of row.messages) if (one.document) bubble.append(this.fileLine(one.document));
    const lines = row.messages.map((m) => this.textOf(m)).filter(Boolean);
    const last = row.messages.at(-1);
    const meta = h("span", { class: "meta" },
      row.messages.some((m) => m.edited) ? h("span", { class: "edited" }, W.edited) : null,
      h("time", { datetime: last.date }, clock(Date.parse(last.date))));
    lines.forEach((line, index) => {
      const box = h("div", { class: "text" }, line);
      if (index === lines.length - 1) box.append(meta);
      bubble.append(box);
    });
    if (!lines.length) bubble.append(meta);
    const column = h("div", { class: "column" }, bubble);
    const keyed = row.messages.find((m) => m.keyboard?.length);
    if (keyed) column.append(this.keyboard(keyed));
    const element = h("article", {
      class: ["message", own ? "own" : "other", row.first ? "first" : "", row.last ? "last" : "", keyed ? "keyed" : ""].filter(Boolean).join(" "),
      "aria-label": `${message.from_bot ? W.bot : message.from?.name || ""}, ${clock(Date.parse(message.date))}`,
      dataset: { message: message.id },
    }, column, this.moreButton(message));
    this.listenForHold(element, row);
    return element;
  }

  moreButton(message) {
    return iconButton("more", W.messageMenu, (event) => {
      const box = event.currentTarget.getBoundingClientRect();
      this.ctx.openMenu(message.id, { x: box.left, y: box.bottom });
    }, { class: "more", "aria-haspopup": "menu", dataset: { spot: `more${message.id}` } });
  }

  /** Right click and long press open the same menu as the button. */
  listenForHold(element, row) {
    const id = row.messages[0].id;
    let timer = 0;
    const stop = () => clearTimeout(timer);
    element.addEventListener("contextmenu", (event) => {
      if (event.target.closest("a, .photo") && event.pointerType !== "touch") return;
      event.preventDefault();
      this.ctx.openMenu(id, { x: event.clientX, y: event.clientY });
    });
    element.addEventListener("touchstart", (event) => {
      stop();
      const touch = event.touches[0];
      if (event.touches.length > 1 || event.target.closest(".keys, a")) return;
      const at = { x: touch.clientX, y: touch.clientY };
      timer = setTimeout(() => this.ctx.openMenu(id, at), HOLD);
    }, { passive: true });
    for (const name of ["touchend", "touchmove", "touchcancel", "contextmenu"]) element.addEventListener(name, stop, { passive: true });
  }

  addOrigin(bubble, message, byId) {
    const origin = message.forwarded_from;
    if (origin !== undefined) bubble.append(h("div", { class: "origin" }, W.forwardedFrom(origin)));
    if (!message.reply_to) return;
    const quoted = byId.get(message.reply_to);
    const name = quoted ? (quoted.from_bot ? quoted.from?.name || W.bot : quoted.from?.name) : "";
    bubble.append(h("button", {
      type: "button", class: "quote", onclick: () => quoted && this.flash(quoted.id),
    }, h("strong", {}, name || W.unknownPerson), h("span", {}, quoted ? excerpt(quoted) : W.goneMessage)));
  }

  flash(id) {
    const found = [...this.rows.values()].find(({ ids }) => ids?.includes(id));
    if (!found) return;
    const { element } = found;
    element.scrollIntoView({ block: "center" });
    element.classList.add("flash");
    setTimeout(() => element.classList.remove("flash"), 1200);
  }

  textOf(message) {
    if (message.html) return richNodes(message.html, this.ctx);
    const plain = message.text || message.caption;
    return plain ? [plain] : null;
  }

  photoGrid(messages) {
    const grid = h("div", { class: `photos count-${Math.min(messages.length, 4)}` });
    for (const message of messages) {
      const address = ownAddress(message.photo.url);
      grid.append(h("button", {
        type: "button", class: "photo", "aria-label": W.photoOpen, dataset: { spot: `photo${message.id}` },
        onclick: () => this.ctx.openPhoto(address),
      }, h("img", { src: address, alt: W.photo, decoding: "async" })));
    }
    return grid;
  }

  fileLine(file) {
    return h("a", {
      class: "file", href: ownAddress(file.url), download: file.name || "", "aria-label": W.download(file.name || W.file),
    }, h("span", { class: "file-mark" }, icon("file")), h("span", { class: "file-words" },
      h("span", { class: "file-name" }, file.name || W.file), h("span", { class: "file-size" }, W.size(file.size))));
  }

  keyboard(message) {
    const box = h("div", { class: "keys" });
    message.keyboard.forEach((line, y) => {
      const row = h("div", { class: "keys-row" });
      line.forEach((key, x) => row.append(this.key(message, key, `${message.id}:${y}:${x}:${key.data ?? key.url ?? ""}`)));
      box.append(row);
    });
    return box;
  }

  key(message, key, spot) {
    const label = h("span", { class: "key-label" }, key.text);
    if (key.url) {
      const link = anchor(key.url, [label, icon("link")], this.ctx);
      link.classList.add("key");
      return link;
    }
    const busy = this.pending.has(spot);
    return h("button", {
      type: "button", class: `key${busy ? " busy" : ""}`, title: key.text, "aria-busy": busy ? "true" : null, dataset: { spot },
      disabled: key.data === undefined, onclick: () => this.ctx.tap(message, spot, key.data),
    }, label, busy ? h("span", { class: "spinner", "aria-hidden": "true" }) : null);
  }
}

export function excerpt(message) {
  const text = message.text || message.caption || "";
  return text || (message.photo ? W.photo : message.document ? message.document.name || W.file : "");
}
