// Where a person writes: text, commands, files, answers to a message, corrections of one's own.
import { api } from "./api.js";
import { coarse, h, icon, iconButton, menu } from "./dom.js";
import { excerpt } from "./messages.js";
import { W } from "./words.js";

const isImage = (file) => /^image\/(png|jpe?g|webp|gif|bmp)$/.test(file.type);

export class Composer {
  /** ctx: { chat, viewer(), act(promise) -> promise of true/false, sent() } */
  constructor(ctx) {
    this.ctx = ctx;
    this.files = [];
    this.as = "document";
    this.mode = null;
    this.commands = null;
    this.build();
  }

  build() {
    this.input = h("textarea", {
      rows: "1", placeholder: W.placeholder, "aria-label": W.placeholder, autocapitalize: "sentences", enterkeyhint: coarse() ? "enter" : "send",
      oninput: () => this.changed(), onkeydown: (event) => this.key(event), onpaste: (event) => this.paste(event),
    });
    this.sendButton = iconButton("send", W.send, () => this.send(), { class: "send" });
    this.attachButton = iconButton("clip", W.attach, (event) => this.askKind(event.currentTarget), { "aria-haspopup": "menu" });
    this.commandButton = iconButton("slash", W.commands, () => this.offerAll());
    this.photoInput = h("input", { type: "file", accept: "image/*", multiple: true, hidden: true, "aria-label": W.asPhoto, onchange: (e) => this.picked(e, "photo") });
    this.fileInput = h("input", { type: "file", multiple: true, hidden: true, "aria-label": W.asFile, onchange: (e) => this.picked(e, "document") });
    this.banner = h("div", { class: "composer-banner", hidden: true });
    this.tray = h("div", { class: "tray", hidden: true });
    this.suggestions = h("div", { class: "suggestions", role: "listbox", "aria-label": W.commands, hidden: true });
    this.replyKeys = h("div", { class: "reply-keys", role: "group", "aria-label": W.replyKeys, hidden: true });
    this.root = h("div", { class: "composer" }, this.suggestions, this.banner, this.tray,
      h("div", { class: "composer-line" }, this.attachButton, this.input, this.commandButton, this.sendButton),
      this.replyKeys, this.photoInput, this.fileInput);
    this.changed();
  }

  get text() {
    return this.input.value.trim();
  }

  changed() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 148)}px`;
    const ready = this.text !== "" || this.files.length > 0;
    this.sendButton.disabled = !ready || this.busy === true;
    this.sendButton.classList.toggle("ready", ready);
    this.suggest();
  }

  key(event) {
    if (event.isComposing) return;
    const open = !this.suggestions.hidden && this.suggestions.querySelector("[role=option]");
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.moveSuggestion(event.key === "ArrowDown" ? 1 : -1);
    } else if (open && (event.key === "Tab" || event.key === "Enter") && this.chosen) {
      event.preventDefault();
      this.chosen.click();
    } else if (event.key === "Escape" && (!this.suggestions.hidden || this.mode || this.files.length)) {
      event.preventDefault();
      if (!this.suggestions.hidden) this.closeSuggestions();
      else if (this.mode) this.leaveMode();
      else this.dropFiles();
    } else if (event.key === "Enter" && !event.shiftKey && !coarse()) {
      event.preventDefault();
      this.send();
    }
  }

  // sending

  async send() {
    if (this.busy || (this.text === "" && this.files.length === 0)) return;
    const { chat } = this.ctx;
    const from = this.ctx.viewer();
    const { text, files, mode } = this;
    const replyTo = mode?.kind === "reply" ? mode.message.id : undefined;
    let work;
    if (mode?.kind === "edit") work = api.edit(chat, from, mode.message.id, text);
    else if (files.length) work = this.sendFiles(files, text, replyTo);
    else work = api.say(chat, from, text, replyTo);
    this.setBusy(true);
    const done = await this.ctx.act(work);
    this.setBusy(false);
    if (!done) return;
    this.input.value = "";
    this.dropFiles();
    this.leaveMode();
    this.ctx.sent();
    if (!coarse()) this.input.focus({ preventScroll: true });
  }

  /** Telegram mixes nothing with photos sent as photos but other photos; the rest of a mixed pick goes as files. */
  async sendFiles(files, caption, replyTo) {
    const { chat } = this.ctx;
    const from = this.ctx.viewer();
    const photos = this.as === "photo" ? files.filter(isImage) : [];
    const others = files.filter((file) => !photos.includes(file));
    if (photos.length) await api.sendFiles(chat, from, photos, "photo", caption, replyTo);
    if (others.length) await api.sendFiles(chat, from, others, "document", photos.length ? "" : caption, replyTo);
  }

  setBusy(busy) {
    this.busy = busy;
    this.root.classList.toggle("busy", busy && this.files.length > 0);
    this.changed();
  }

  // attachments

  askKind(element) {
    const box = element.getBoundingClientRect();
    menu({ x: box.left, y: box.top - 108 }, [
      { icon: "image", label: W.attachPhoto, run: () => this.photoInput.click() },
      { icon: "file", label: W.attachFile, run: () => this.fileInput.click() },
    ], W.attach);
  }

  picked(event, as) {
    this.take([...event.target.files], as);
    event.target.value = "";
  }

  paste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.take(files, files.every(isImage) ? "photo" : "document");
  }

  take(files, as) {
    if (!files.length || this.mode?.kind === "edit") return;
    this.as = as;
    this.files.push(...files);
    this.showTray();
    this.input.focus({ preventScroll: true });
  }

  dropFiles() {
    this.files = [];
    this.showTray();
  }

  showTray() {
    for (const image of this.tray.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    this.tray.hidden = this.files.length === 0;
    this.tray.replaceChildren();
    this.input.placeholder = this.files.length ? W.placeholderCaption : W.placeholder;
    this.input.setAttribute("aria-label", this.input.placeholder);
    if (this.files.length) {
      const list = h("div", { class: "tray-list" }, this.files.map((file) => this.trayItem(file)));
      const kinds = this.files.some(isImage)
        ? h("div", { class: "segmented", role: "group", "aria-label": W.attach }, this.kind("photo", W.asPhoto, W.asPhotoHint), this.kind("document", W.asFile, W.asFileHint))
        : null;
      this.tray.append(list, ...(kinds ? [kinds] : []));
    }
    this.changed();
  }

  kind(as, label, hint) {
    return h("button", {
      type: "button", "aria-pressed": String(this.as === as), title: hint,
      onclick: () => { this.as = as; this.showTray(); },
    }, label);
  }

  trayItem(file) {
    const shown = isImage(file) && this.as === "photo"
      ? h("img", { src: URL.createObjectURL(file), alt: "" })
      : h("span", { class: "file-mark" }, icon("file"));
    return h("div", { class: "tray-item" }, shown,
      h("span", { class: "tray-words" }, h("span", { class: "file-name" }, file.name), h("span", { class: "file-size" }, W.size(file.size))),
      iconButton("close", W.removeFile(file.name), () => {
        this.files = this.files.filter((one) => one !== file);
        this.showTray();
      }));
  }

  // answering and correcting

  replyTo(message) {
    this.enter({ kind: "reply", message }, "reply", W.replying(message.from?.name || W.bot), W.stopReplying);
  }

  editMessage(message) {
    this.enter({ kind: "edit", message }, "pencil", W.editing, W.stopEditing);
    this.input.value = message.text || "";
    this.sendButton.setAttribute("aria-label", W.save);
    this.changed();
  }

  enter(mode, mark, title, stop) {
    if (this.mode?.kind === "edit") this.input.value = "";
    this.mode = mode;
    this.banner.hidden = false;
    this.banner.replaceChildren(icon(mark),
      h("span", { class: "banner-words" }, h("strong", {}, title), h("span", {}, excerpt(mode.message))),
      iconButton("close", stop, () => this.leaveMode()));
    this.input.focus();
  }

  leaveMode() {
    if (this.mode?.kind === "edit") this.input.value = "";
    this.mode = null;
    this.banner.hidden = true;
    this.sendButton.setAttribute("aria-label", W.send);
    this.changed();
  }

  /** The message being answered or corrected may vanish meanwhile. */
  checkMode(messages) {
    if (this.mode && !messages.some((message) => message.id === this.mode.message.id)) this.leaveMode();
  }

  // commands

  forgetCommands() {
    this.commands = null;
    if (!this.suggestions.hidden) this.suggest();
  }

  offerAll() {
    if (this.input.value === "") this.input.value = "/";
    this.input.focus();
    this.changed();
  }

  async suggest() {
    const typed = /^\/([^\s@]*)$/.exec(this.input.value);
    if (!typed || this.mode?.kind === "edit" || this.files.length) {
      this.closeSuggestions();
      return;
    }
    if (!this.commands) {
      const asked = this.fetchCommands();
      this.commands = await asked;
      if (!/^\/[^\s@]*$/.test(this.input.value)) return;
    }
    this.showSuggestions(/^\/([^\s@]*)$/.exec(this.input.value)[1].toLowerCase());
  }

  async fetchCommands() {
    const found = await api.commands(this.ctx.chat, this.ctx.viewer()).catch(() => []);
    return Array.isArray(found) ? found : found.commands ?? [];
  }

  showSuggestions(start) {
    const fitting = this.commands.filter(({ command }) => command.startsWith(start));
    this.chosen = null;
    this.suggestions.replaceChildren(...fitting.map(({ command, description }) => h("button", {
      type: "button", role: "option", "aria-selected": "false", tabindex: "-1",
      onmousedown: (event) => event.preventDefault(),
      onclick: () => this.sendCommand(command),
    }, h("span", { class: "command" }, `/${command}`), h("span", { class: "command-words" }, description))));
    if (!fitting.length) this.suggestions.append(h("p", { class: "suggestions-none" }, W.noCommands));
    this.suggestions.hidden = !fitting.length && start !== "";
    if (fitting.length && start) this.moveSuggestion(1);
  }

  moveSuggestion(step) {
    const options = [...this.suggestions.querySelectorAll("[role=option]")];
    this.chosen?.setAttribute("aria-selected", "false");
    const at = this.chosen ? options.indexOf(this.chosen) : step > 0 ? -1 : 0;
    this.chosen = options[(at + step + options.length) % options.length];
    this.chosen.setAttribute("aria-selected", "true");
    this.chosen.scrollIntoView({ block: "nearest" });
  }

  closeSuggestions() {
    this.suggestions.hidden = true;
    this.chosen = null;
  }

  sendCommand(command) {
    this.closeSuggestions();
    this.input.value = `/${command}`;
    this.send();
  }

  // reply keyboard

  /** Shows the bot's reply keyboard, if its newest word about one is a keyboard. */
  setReplyKeyboard(markup) {
    const rows = Array.isArray(markup) ? markup : markup?.keyboard ?? [];
    const print = JSON.stringify(rows);
    if (print === this.shownKeys) return;
    this.shownKeys = print;
    this.replyKeys.hidden = rows.length === 0;
    this.replyKeys.replaceChildren(...rows.map((row) => h("div", { class: "keys-row" }, row.map((key) => {
      const text = typeof key === "string" ? key : key.text;
      return h("button", { type: "button", class: "key", title: text, onclick: () => this.ctx.say(text) }, h("span", { class: "key-label" }, text));
    }))));
  }
}
