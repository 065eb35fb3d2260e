// One phone: a head with the person's name, the messages, the composer.
import { ApiError, api } from "./api.js";
import { alertBox, avatar, below, button, confirm, dialog, h, iconButton, menu, toast } from "./dom.js";
import { Composer } from "./composer.js";
import { MessageList } from "./messages.js";
import { askCode, askForward, askGroupViewer } from "./people.js";
import { store } from "./store.js";
import { W } from "./words.js";

const ANSWER_WAIT = 20000;
const TYPING = 6000;
const ACTIONS = { upload_photo: W.sendingPhoto, upload_document: W.sendingFile };

export class Phone {
  /** page: { show(pid) } */
  constructor({ pid, chat, viewer }, page) {
    this.pid = pid;
    this.chat = chat;
    this.viewer = viewer;
    this.page = page;
    this.taps = new Map();
    this.list = new MessageList({
      viewer: () => this.viewer,
      isGroup: () => this.isGroup,
      now: () => store.now(),
      get botUsername() { return store.bot.username; },
      start: (payload) => this.start(payload),
      say: (text) => this.say(text),
      tap: (message, spot, data) => this.tap(message, spot, data),
      openMenu: (id, at) => this.openMenu(id, at),
      openPhoto,
      read: () => this.read(),
    });
    this.composer = new Composer({
      chat, viewer: () => this.viewer,
      act: (work) => this.act(work), say: (text) => this.say(text),
      sent: () => this.list.toEnd(),
    });
    this.head = h("header", { class: "phone-head" });
    this.foot = h("div", { class: "phone-foot" });
    this.screen = h("div", { class: "screen" }, this.list.root, this.list.pill);
    this.root = h("section", { class: "phone", id: `phone-${pid}`, dataset: { phone: pid } }, this.head, this.screen, this.foot);
    this.acceptDrops();
    this.update();
    this.renderMessages();
  }

  get isGroup() {
    return this.chat < 0;
  }

  get user() {
    return store.users.get(this.viewer);
  }

  get group() {
    return store.groups.get(this.chat);
  }

  get title() {
    return this.isGroup ? this.group?.title ?? "" : store.name(this.viewer);
  }

  /** Runs a request; says why in a toast when it fails. Resolves to whether it went through. */
  async act(work) {
    try {
      await work;
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(this.screen, W.failed(error.message), "bad");
      return false;
    }
  }

  // head

  update() {
    if (!this.user || (this.isGroup && !this.group)) return;
    this.root.setAttribute("aria-label", this.isGroup ? W.phoneOfIn(store.name(this.viewer), this.title) : W.phoneOf(this.title));
    const print = JSON.stringify([this.user, this.group, this.viewer, this.action, this.isGroup && this.memberNames()]);
    if (print !== this.headPrint) {
      this.headPrint = print;
      this.drawHead();
    }
    this.drawFoot();
  }

  memberNames() {
    return this.group.members.map((id) => store.name(id));
  }

  drawHead() {
    const focused = this.head.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    const kind = this.isGroup ? avatar(this.title, this.chat) : avatar(this.title, this.viewer);
    this.head.replaceChildren(kind,
      h("div", { class: "phone-names" }, h("h2", { class: "phone-title" }, this.title), this.isGroup ? this.groupLine() : this.personLine()),
      iconButton("more", W.phoneMenu, (event) => this.openPhoneMenu(event.currentTarget), { "aria-haspopup": "menu" }));
    if (focused) this.head.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
  }

  personLine() {
    const { username, blocked, started } = this.user;
    const status = blocked ? h("span", { class: "status bad" }, W.blocked) : started ? null : h("span", { class: "status" }, W.notStarted);
    const typing = this.action ? h("span", { class: "typing" }, this.action) : null;
    return h("p", { class: "phone-line" }, typing ?? h("span", {}, username ? `@${username}` : W.noUsername), status);
  }

  groupLine() {
    const choose = h("select", {
      "aria-label": W.actingAs,
      onchange: (event) => {
        this.viewer = Number(event.target.value);
        store.actAs(this.pid, this.viewer);
        this.composer.forgetCommands();
        this.update();
        this.renderMessages();
      },
    }, this.group.members.filter((id) => store.users.has(id)).map((id) => h("option", { value: String(id), selected: id === this.viewer }, store.name(id))));
    return h("p", { class: "phone-line" }, this.action ? h("span", { class: "typing" }, this.action) : h("span", {}, W.members(this.group.members.length)),
      h("label", { class: "acting" }, choose));
  }

  openPhoneMenu(element) {
    const { blocked, started } = this.user;
    const personal = !this.isGroup && [
      blocked
        ? { icon: "play", label: W.unblock, run: () => this.setBlocked(false) }
        : { icon: "block", label: W.block, run: () => this.setBlocked(true), danger: true },
      started && { icon: "play", label: W.startAgain, run: () => this.start("") },
      { icon: "link", label: W.startWithCode, run: () => askCode((payload) => this.start(payload)) },
    ];
    const shared = this.isGroup && [
      { icon: "phone", label: W.openGroupAs, run: () => askGroupViewer(this.group, (id) => this.page.show(store.open(this.chat, id))) },
      this.group.type !== "supergroup" && { icon: "up", label: W.migrate, run: () => this.migrate() },
    ];
    menu(below(element), [...(personal || shared), { icon: "close", label: W.hide, run: () => store.hide(this.pid) }].filter(Boolean), W.phoneMenu);
  }

  async setBlocked(blocked) {
    if (blocked && !(await confirm(W.blockAsk(this.title), W.block, "danger"))) return;
    await this.act(api.block(this.viewer, blocked));
  }

  async migrate() {
    if (await confirm(W.migrateAsk, W.migrate)) await this.act(api.migrate(this.chat));
  }

  // foot: a start button, a blocked line, or the composer

  drawFoot() {
    const wanted = this.isGroup || (this.user.started && !this.user.blocked) ? "composer" : this.user.blocked ? "blocked" : "start";
    if (wanted === this.footKind) return;
    this.footKind = wanted;
    this.foot.replaceChildren(wanted === "composer" ? this.composer.root : wanted === "blocked" ? this.blockedBar() : this.startBar());
    this.composer.changed();
    this.renderMessages();
  }

  blockedBar() {
    return h("div", { class: "foot-bar" }, h("p", {}, W.blockedBar), button(W.unblock, () => this.setBlocked(false), { class: "primary wide" }));
  }

  startBar() {
    return h("div", { class: "foot-bar" }, button(W.start, () => this.start(""), { class: "primary wide start" }),
      button(W.haveCode, () => askCode((payload) => this.start(payload)), { class: "quiet" }));
  }

  /** Always in this person's private chat with the bot, as Telegram does for a link tapped in a group. */
  async start(payload) {
    const target = this.isGroup ? this.viewer : this.chat;
    const done = await this.act(api.start(target, payload));
    if (!done) return;
    if (this.isGroup) this.page.show(store.open(target, target));
    else this.list.toEnd();
  }

  async say(text) {
    if (await this.act(api.say(this.chat, this.viewer, text))) this.list.toEnd();
  }

  // messages

  renderMessages() {
    const chat = store.chat(this.chat);
    const messages = chat.list;
    this.root.classList.toggle("loading", chat.state !== "ready");
    this.list.render(messages, { empty: chat.state === "ready" ? this.emptyNote() : null });
    this.composer.checkMode(messages);
    const newest = messages.findLast((message) => message.from_bot && message.reply_keyboard !== undefined);
    this.composer.setReplyKeyboard(newest?.reply_keyboard ?? null);
  }

  emptyNote() {
    const text = this.isGroup ? W.emptyGroup : this.user?.started ? "" : W.emptyPrivate(this.title);
    return h("div", { class: "empty" }, avatar(this.title, this.isGroup ? this.chat : this.viewer), h("h3", {}, W.emptyTitle), h("p", {}, text));
  }

  arrived(message) {
    if (!this.list.pinned && !message.service) this.list.missed += 1;
    if (!message.from_bot && message.from?.id === this.viewer) this.list.pinned = true;
  }

  /** Whether its person has the newest message before their eyes. */
  get reading() {
    return this.list.visible && this.list.pinned && document.visibilityState === "visible";
  }

  read() {
    if (this.reading) store.markRead(this.pid);
  }

  setTyping(action) {
    clearTimeout(this.typingTimer);
    this.action = action ? ACTIONS[action] ?? W.typing : null;
    if (action) this.typingTimer = setTimeout(() => this.setTyping(null), TYPING);
    this.update();
  }

  // taps

  async tap(message, spot, data) {
    if (this.list.pending.has(spot)) return;
    this.list.pending.add(spot);
    this.renderMessages();
    let id = null;
    try {
      id = (await api.tap(this.chat, this.viewer, message.id, data)).callback_query_id;
    } catch (error) {
      this.settle(spot);
      if (!(error instanceof ApiError)) throw error;
      toast(this.screen, W.failed(error.message), "bad");
      return;
    }
    const early = store.answers.get(id);
    if (early) {
      this.settle(spot);
      this.showAnswer(early);
      return;
    }
    const timer = setTimeout(() => {
      this.taps.delete(id);
      this.settle(spot);
      toast(this.screen, W.noAnswer, "bad");
    }, ANSWER_WAIT);
    this.taps.set(id, { spot, timer });
  }

  settle(spot) {
    this.list.pending.delete(spot);
    this.renderMessages();
  }

  answered(answer) {
    const tap = this.taps.get(answer.callback_query_id);
    if (!tap) return;
    clearTimeout(tap.timer);
    this.taps.delete(answer.callback_query_id);
    this.settle(tap.spot);
    this.showAnswer(answer);
  }

  showAnswer({ text, alert }) {
    if (!text) return;
    if (alert) alertBox(this.isGroup ? this.title : W.by(store.name(this.viewer), W.botSays), text);
    else toast(this.screen, text);
  }

  // the menu of one message

  openMenu(id, at) {
    const message = store.chat(this.chat).messages.get(id);
    if (!message) return;
    const own = !message.from_bot && message.from?.id === this.viewer;
    const text = message.text || message.caption || "";
    const open = this.footKind === "composer";
    menu(at, [
      open && { icon: "reply", label: W.reply, run: () => this.composer.replyTo(message) },
      text && { icon: "copy", label: W.copy, run: () => this.copy(text) },
      open && own && message.text && !message.photo && !message.document && { icon: "pencil", label: W.edit, run: () => this.composer.editMessage(message) },
      { icon: "forward", label: W.forward, run: () => askForward(this, message) },
    ].filter(Boolean), W.messageMenu);
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      toast(this.screen, W.copied);
    } catch (error) {
      toast(this.screen, W.failed(error.message), "bad");
    }
  }

  async forward(message, to) {
    const done = await this.act(api.forward(to, this.viewer, this.chat, message.id));
    if (done) toast(this.screen, W.forwarded);
  }

  // drag and drop

  acceptDrops() {
    const zone = (as, label, hint) => h("div", { class: "drop-zone", dataset: { as } }, h("strong", {}, label), h("span", {}, hint));
    this.drop = h("div", { class: "drop", hidden: true }, zone("photo", W.asPhoto, W.asPhotoHint), zone("document", W.asFile, W.asFileHint));
    this.root.append(this.drop);
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files") && this.footKind === "composer";
    this.root.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      this.drop.hidden = false;
      for (const one of this.drop.children) one.classList.toggle("over", one.contains(event.target));
    });
    this.root.addEventListener("dragleave", (event) => {
      if (!this.root.contains(event.relatedTarget)) this.drop.hidden = true;
    });
    this.root.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      this.drop.hidden = true;
      const as = event.target.closest("[data-as]")?.dataset.as ?? "document";
      this.composer.take([...event.dataTransfer.files], as);
    });
  }
}

function openPhoto(address) {
  dialog(W.photo, (close) => h("button", { type: "button", class: "photo-large", "aria-label": W.close, onclick: close },
    h("img", { src: address, alt: W.photo })), { kind: "viewer" });
}
