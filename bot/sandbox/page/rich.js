// Formatted text from the server, rebuilt node by node from an allow-list.
import { h } from "./dom.js";
import { W } from "./words.js";

const ALLOWED = new Map(Object.entries({
  B: "b", STRONG: "b", I: "i", EM: "i", U: "u", INS: "u", S: "s", DEL: "s", STRIKE: "s",
  CODE: "code", PRE: "pre", BLOCKQUOTE: "blockquote",
}));
const WEB = new Set(["http:", "https:", "mailto:", "tel:"]);
const START = /^[A-Za-z0-9_-]{1,64}$/;
const FOUND = /(https?:\/\/[^\s<>"“”]+|(?<![\w/.@-])t\.me\/[^\s<>"“”]+)|(?<![\w/.:@-])(\/[a-z][a-z0-9_]{0,31}(?:@[A-Za-z0-9_]+)?)(?![\w/])/g;

/** The payload of a https://t.me/<bot>?start=… (or tg://resolve) link to this bot, "" without one, or null for any other link. */
export function startPayload(address, botUsername) {
  let url;
  try {
    url = new URL(/^t\.me\//i.test(address) ? `https://${address}` : address);
  } catch {
    return null;
  }
  const short = /^(www\.)?(t\.me|telegram\.me)$/i.test(url.hostname) && /^https?:$/.test(url.protocol);
  const deep = url.protocol === "tg:" && /^\/{0,2}resolve$/.test(url.hostname || url.pathname);
  const who = short ? url.pathname.replace(/^\/|\/$/g, "") : deep ? url.searchParams.get("domain") : null;
  if (!who || who.toLowerCase() !== botUsername.toLowerCase()) return null;
  const token = url.searchParams.get("start") || "";
  return token === "" || START.test(token) ? token : null;
}

export const isStartToken = (text) => START.test(text);

/** A link: one to this bot starts it here, any other opens a new tab; an address with another scheme stays text. */
export function anchor(address, children, ctx) {
  const payload = startPayload(address, ctx.botUsername);
  if (payload !== null) {
    return h("a", {
      href: address, class: "start-link", title: W.startLink,
      onclick: (event) => { event.preventDefault(); ctx.start(payload); },
    }, children);
  }
  let url;
  try {
    url = new URL(/^t\.me\//i.test(address) ? `https://${address}` : address);
  } catch {
    return h("span", {}, children);
  }
  if (!WEB.has(url.protocol)) return h("span", {}, children);
  return h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, children);
}

/** Text with its bare addresses and /commands made tappable, as Telegram shows them. */
function linkified(text, ctx) {
  const out = [];
  let from = 0;
  for (const found of text.matchAll(FOUND)) {
    const address = found[1] ? found[1].replace(/[.,;:!?)\]»”]+$/u, "") : found[2];
    out.push(text.slice(from, found.index));
    out.push(found[1] ? anchor(address, [address], ctx) : h("button", {
      type: "button", class: "command-link", onclick: () => ctx.say(address),
    }, address));
    from = found.index + address.length;
  }
  out.push(text.slice(from));
  return out.filter((part) => part !== "");
}

function spoiler(children) {
  const box = h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": W.spoiler }, h("span", {}, children));
  const reveal = () => {
    box.classList.add("open");
    for (const name of ["role", "tabindex", "aria-label"]) box.removeAttribute(name);
  };
  box.addEventListener("click", reveal);
  box.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && reveal());
  return box;
}

function walk(source, ctx, plain) {
  const out = [];
  for (const node of source.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      out.push(...(plain ? [node.data] : linkified(node.data, ctx)));
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      const tag = node.tagName;
      const literal = tag === "CODE" || tag === "PRE" || tag === "A";
      const children = walk(node, ctx, plain || literal);
      if (tag === "A") out.push(anchor(node.getAttribute("href") || "", children, ctx));
      else if (tag === "BR") out.push(h("br"));
      else if (tag === "TG-SPOILER" || node.classList.contains("tg-spoiler")) out.push(spoiler(children));
      else if (ALLOWED.has(tag)) out.push(h(ALLOWED.get(tag), {}, children));
      else out.push(...children);
    }
  }
  return out;
}

/** Nodes for the server's html. DOMParser makes an inert document: nothing in it loads or runs. */
export function richNodes(html, ctx) {
  const parsed = new DOMParser().parseFromString(`<!doctype html><body><div>${html}`, "text/html");
  return walk(parsed.body, ctx, false);
}
