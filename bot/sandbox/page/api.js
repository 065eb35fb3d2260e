// The control API of the local Telegram.
import { W } from "./words.js";

export class ApiError extends Error {}

async function answer(response) {
  const body = await response.json().catch(() => null);
  if (!response.ok) {
    throw new ApiError(body?.description || body?.error || body?.message || `HTTP ${response.status}`);
  }
  return body;
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(W.unreachable);
  }
}

export const get = async (path, signal) => answer(await reach(path, { signal, cache: "no-store" }));

export const post = async (path, body = {}) =>
  answer(await reach(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));

const chat = (id, verb) => `/sandbox/chats/${id}/${verb}`;

export const api = {
  state: () => get("/sandbox/state"),
  events: (after, wait, signal) => get(`/sandbox/events?after=${after}&wait=${wait}`, signal),
  messages: (id, viewer) => get(`${chat(id, "messages")}?viewer=${viewer}`),
  addUser: (user) => post("/sandbox/users", { language_code: "vi", ...user }),
  addGroup: (group) => post("/sandbox/groups", group),
  migrate: (id) => post(`/sandbox/groups/${id}/migrate`),
  say: (id, from, text, replyTo) => post(chat(id, "send"), { from, text, ...(replyTo ? { reply_to: replyTo } : {}) }),
  edit: (id, from, messageId, text) => post(chat(id, "edit"), { from, message_id: messageId, text }),
  forward: (id, from, fromChat, messageId) => post(chat(id, "forward"), { from, from_chat: fromChat, message_id: messageId }),
  tap: (id, from, messageId, data) => post(chat(id, "tap"), { from, message_id: messageId, data }),
  start: (id, payload) => post(chat(id, "start"), { from: id, ...(payload ? { payload } : {}) }),
  block: (id, blocked) => post(chat(id, blocked ? "block" : "unblock"), { from: id }),
  moveCalendar: (to) => post("/sandbox/calendar", to),
  faults: () => get("/sandbox/faults"),
  setFaults: (faults) => post("/sandbox/faults", faults),
  commands: (id, user) => get(`/sandbox/commands?chat=${id}&user=${user}&language=vi`),
  async sendFiles(id, from, files, as, caption, replyTo) {
    const form = new FormData();
    form.append("from", String(from));
    form.append("as", as);
    if (caption) form.append("caption", caption);
    if (replyTo) form.append("reply_to", String(replyTo));
    for (const file of files) form.append("file", file, file.name);
    return answer(await reach(chat(id, "send"), { method: "POST", body: form }));
  },
};
