// What the page knows of the local Telegram, kept true by long polling. Views subscribe; nothing here touches the DOM.
import { ApiError, api } from "./api.js";

const WAIT = 25;
const FAULTS_AGAIN = 1000;
const BACKOFF = [1, 2, 4, 8];
const KEPT_ANSWERS = 50;
const SAVED = "thidua.sandbox.phones";

/** The messages of one chat. Events that arrive while it loads are applied again after the load. */
class Chat {
  constructor(id) {
    this.id = id;
    this.messages = new Map();
    this.state = "new";
    this.early = [];
  }

  get list() {
    return [...this.messages.values()].filter((m) => !m.deleted).sort((a, b) => a.id - b.id);
  }

  apply(event) {
    if (this.state === "loading") this.early.push(event);
    if (event.kind === "delete") {
      for (const id of event.message_ids ?? [event.message_id]) this.messages.delete(id);
    } else {
      this.messages.set(event.message.id, event.message);
    }
  }
}

export class Store {
  constructor() {
    this.bot = null;
    this.users = new Map();
    this.groups = new Map();
    this.chats = new Map();
    this.faults = {};
    this.seq = 0;
    this.online = null;
    this.retryAt = 0;
    this.phones = [];
    this.unread = new Map();
    this.answers = new Map();
    this.clockSkew = 0;
    this.offset = 0;
    this.listeners = new Map();
    this.reading = () => false;
  }

  on(kind, listener) {
    if (!this.listeners.has(kind)) this.listeners.set(kind, new Set());
    this.listeners.get(kind).add(listener);
  }

  emit(kind, ...args) {
    for (const listener of this.listeners.get(kind) ?? []) listener(...args);
  }

  /** The moved calendar's now, in milliseconds. */
  now() {
    return Date.now() + this.clockSkew;
  }

  name(id) {
    const user = this.users.get(id);
    if (!user) return "";
    return [user.first_name, user.last_name].filter(Boolean).join(" ");
  }

  // phones: { pid, chat, viewer }, where viewer may change in a group

  static pid(chat, viewer) {
    return chat > 0 ? `p${chat}` : `g${chat}:${viewer}`;
  }

  phoneExists({ chat, viewer }) {
    if (chat > 0) return this.users.has(chat);
    return this.groups.has(chat) && this.users.has(viewer);
  }

  open(chat, viewer) {
    const pid = Store.pid(chat, viewer);
    if (!this.phones.some((phone) => phone.pid === pid)) {
      this.phones.push({ pid, chat, viewer });
      this.savePhones();
      this.emit("phones");
      this.load(chat);
    }
    return pid;
  }

  hide(pid) {
    this.phones = this.phones.filter((phone) => phone.pid !== pid);
    this.savePhones();
    this.emit("phones");
  }

  actAs(pid, viewer) {
    const phone = this.phones.find((one) => one.pid === pid);
    phone.viewer = viewer;
    this.savePhones();
  }

  savePhones() {
    try {
      localStorage.setItem(SAVED, JSON.stringify(this.phones));
    } catch {
      // A browser that keeps nothing still shows the phones of this visit.
    }
  }

  restorePhones() {
    let saved = null;
    try {
      saved = JSON.parse(localStorage.getItem(SAVED));
    } catch {
      saved = null;
    }
    const valid = Array.isArray(saved) ? saved.filter((p) => p && this.phoneExists(p)) : [];
    const first = [...this.users.keys()].slice(0, 3).map((id) => ({ chat: id, viewer: id }));
    const chosen = Array.isArray(saved) && (valid.length || saved.length === 0) ? valid : first;
    const seen = new Set();
    this.phones = chosen
      .map((p) => ({ pid: p.pid || Store.pid(p.chat, p.viewer), chat: p.chat, viewer: p.viewer }))
      .filter((p) => !seen.has(p.pid) && seen.add(p.pid));
  }

  // unread

  markRead(pid) {
    if (this.unread.delete(pid)) this.emit("unread");
  }

  countUnread(message) {
    if (message.service) return;
    const open = this.phones.filter((phone) => phone.chat === message.chat);
    // A chat with no open phone still shows its badge on the person or group in the list.
    const shown = open.length ? open : [{ pid: `c${message.chat}`, viewer: message.chat }];
    for (const { pid, viewer } of shown) {
      if (!message.from_bot && message.from?.id === viewer) continue;
      if (this.reading(pid)) continue;
      this.unread.set(pid, (this.unread.get(pid) || 0) + 1);
    }
    this.emit("unread");
  }

  // chats

  chat(id) {
    if (!this.chats.has(id)) this.chats.set(id, new Chat(id));
    return this.chats.get(id);
  }

  async load(id, again = false) {
    const chat = this.chat(id);
    if (chat.state === "loading" || (chat.state === "ready" && !again)) return;
    const viewer = this.phones.find((phone) => phone.chat === id)?.viewer ?? id;
    chat.state = "loading";
    chat.early = [];
    try {
      const { messages } = await api.messages(id, viewer);
      chat.messages = new Map(messages.map((message) => [message.id, message]));
      chat.state = "ready";
      for (const event of chat.early) chat.apply(event);
    } catch (error) {
      chat.state = "new";
      if (!(error instanceof ApiError)) throw error;
    }
    chat.early = [];
    this.emit("chat", id);
  }

  // life

  takeState(state) {
    this.bot = state.bot;
    this.users = new Map(state.users.map((user) => [user.id, user]));
    this.groups = new Map(state.groups.map((group) => [group.id, group]));
    this.takeCalendar(state.calendar);
    this.takeFaults(state.faults);
    this.emit("people");
  }

  /** A trouble set for a number of times wears off without an event, so it is asked about while it lasts. */
  takeFaults(faults) {
    this.faults = faults;
    this.emit("faults");
    clearTimeout(this.faultsTimer);
    if (!Object.values(faults).some((fault) => fault?.times)) return;
    this.faultsTimer = setTimeout(async () => {
      try {
        this.takeFaults(await api.faults());
      } catch (error) {
        // Without a connection nothing is known; the reload after it begins anew.
        if (!(error instanceof ApiError)) throw error;
      }
    }, FAULTS_AGAIN);
  }

  /** Phones of a group that became a supergroup go on with the new one. */
  followMigrations() {
    let moved = false;
    for (const phone of this.phones) {
      const to = this.groups.get(phone.chat)?.migrated_to;
      if (!to || !this.groups.has(to)) continue;
      moved = true;
      this.chats.delete(phone.chat);
      Object.assign(phone, { chat: to, pid: Store.pid(to, phone.viewer) });
    }
    if (!moved) return;
    const seen = new Set();
    this.phones = this.phones.filter(({ pid }) => !seen.has(pid) && seen.add(pid));
    this.savePhones();
    this.emit("phones");
    for (const { chat } of this.phones) this.load(chat);
  }

  takeCalendar(calendar) {
    if (!calendar) return;
    this.clockSkew = Date.parse(calendar.now) - Date.now();
    this.offset = calendar.offset_seconds;
    this.emit("calendar");
  }

  async reload({ first = false } = {}) {
    const state = await api.state();
    this.seq = state.seq;
    this.takeState(state);
    if (first) this.restorePhones();
    this.phones = this.phones.filter((phone) => this.phoneExists(phone));
    this.followMigrations();
    for (const id of [...this.chats.keys()]) {
      if (!this.phones.some((phone) => phone.chat === id)) this.chats.delete(id);
    }
    this.emit("phones");
    await Promise.all([...new Set(this.phones.map((phone) => phone.chat))].map((id) => this.load(id, true)));
  }

  async refreshPeople() {
    try {
      this.takeState(await api.state());
      this.followMigrations();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  setOnline(online) {
    if (this.online === online) return;
    this.online = online;
    this.emit("online");
  }

  /** Follows the server for as long as the page is open; after any break everything is read again. */
  async follow() {
    let fresh = true;
    let first = true;
    let failures = 0;
    for (;;) {
      try {
        if (fresh) {
          await this.reload({ first });
          fresh = false;
          first = false;
          failures = 0;
          this.setOnline(true);
        }
        const { seq, events } = await api.events(this.seq, WAIT);
        if (seq < this.seq) {
          fresh = true;
          continue;
        }
        for (const event of events) this.apply(event);
        this.seq = seq;
      } catch (error) {
        if (!(error instanceof ApiError)) console.error(error);
        fresh = true;
        const pause = BACKOFF[Math.min(failures, BACKOFF.length - 1)];
        failures += 1;
        this.retryAt = Date.now() + pause * 1000;
        this.setOnline(false);
        this.emit("online");
        await new Promise((resolve) => {
          this.wake = resolve;
          setTimeout(resolve, pause * 1000);
        });
        this.retryAt = 0;
        this.emit("online");
      }
    }
  }

  retryNow() {
    this.wake?.();
  }

  apply(event) {
    switch (event.kind) {
      case "message":
      case "edit":
      case "delete": {
        const id = event.chat ?? event.message?.chat;
        const known = this.chats.get(id);
        const isNew = event.kind === "message" && !known?.messages.has(event.message.id);
        known?.apply(event);
        if (isNew) {
          this.emit("arrived", event.message);
          this.countUnread(event.message);
          // The first word of a newcomer, or of one who had blocked the bot, changes who they are.
          const writer = this.users.get(event.message.from?.id);
          if (writer && id === writer.id && (!writer.started || writer.blocked)) this.dirty = true;
        }
        if (event.kind === "message") this.emit("typing", id, null);
        this.emit("chat", id);
        break;
      }
      case "callback_answer":
        this.answers.set(event.callback_query_id, event);
        if (this.answers.size > KEPT_ANSWERS) this.answers.delete(this.answers.keys().next().value);
        this.emit("answer", event);
        break;
      case "chat_action":
        this.emit("typing", event.chat, event.action);
        break;
      case "commands":
        this.emit("commands");
        break;
      default:
        // calendar, faults, blocked, user, group: rare, and the state has it all.
        this.dirty = true;
    }
    if (this.dirty && !this.refreshing) {
      this.refreshing = Promise.resolve().then(async () => {
        while (this.dirty) {
          this.dirty = false;
          await this.refreshPeople();
        }
        this.refreshing = null;
      });
    }
  }
}

export const store = new Store();
