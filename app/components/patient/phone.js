// What the patient's pages share: the frame, a doctor's card, and facts turned into sentences.

export const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
export const time = (stamp) => (stamp ? window.MediQueue.clockTime(Date.parse(stamp)) : "");
export const initials = (name) => {
  const parts = name.split(/\s+/).filter((part) => part && !/^(dr|prof)\.?$/i.test(part));
  const letters = parts.length > 1 ? [[...parts[0]][0], [...parts.at(-1)][0]] : [[...name][0]];
  return letters.join("").toUpperCase();
};

export function range(words, low, high) {
  if (high === null || high === undefined) return null;
  const unit = low >= 120 ? "_hours" : "";
  const [least, most] = unit ? [Math.floor(low / 60), Math.ceil(high / 60)] : [low, high];
  return fill(least ? words[`range${unit}`] : words[`under${unit}`], { low: least, high: most });
}

export function presence(words, { state, until }) {
  return until && words[`${state}_until`] ? fill(words[`${state}_until`], { time: time(until) }) : words[state];
}

export function waiting(words, n) {
  return n === 0 ? words.waiting_none : n === 1 ? words.waiting_one : fill(words.waiting_many, { n });
}

// ---------------------------------------------------------------- what this device remembers between pages

const KEY = "mediqueue-tickets";
const MOST = 8;

export function remembered() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) || "[]");
    return Array.isArray(kept) ? kept.filter((link) => typeof link === "string").slice(0, MOST) : [];
  } catch {
    return []; // storage is blocked or broken: the page works without it
  }
}

export function keep(links) {
  try {
    localStorage.setItem(KEY, JSON.stringify(links.slice(0, MOST)));
  } catch { /* as above */ }
}

export const remember = (link) => keep([link, ...remembered().filter((other) => other !== link)]);

export const session = {
  get(name) { try { return sessionStorage.getItem(`mediqueue-${name}`); } catch { return null; } },
  set(name, value) { try { sessionStorage.setItem(`mediqueue-${name}`, value); } catch { /* as above */ } },
  remove(name) { try { sessionStorage.removeItem(`mediqueue-${name}`); } catch { /* as above */ } },
};

// ------------------------------------------------------------------------------------------------ components

export const PhoneFrame = {
  props: { words: Object, clinic: String },
  data: () => ({ state: "wait" }),
  template: `
    <div class="ph">
      <div class="banner" id="offline" role="alert" hidden><i class="ic ic-nowifi" aria-hidden="true"></i>
        <span class="grow"><b>{{ words.no_connection_since }}<bdi data-lost-at></bdi>.</b> {{ words.keep_place }}</span>
        <button class="btn" type="button" data-try-now>{{ words.try_now }}</button></div>
      <header><a class="row grow home" href="/"><span class="logo"><i class="ic ic-ticket" aria-hidden="true"></i></span><b>{{ clinic }}</b></a>
        <span class="live" :class="{ wait: state === 'wait', off: state === 'off' }">{{ text }}</span></header>
      <slot></slot>
    </div>`,
  computed: {
    text() {
      return { live: this.words.live, wait: this.words.connecting, off: this.words.no_connection }[this.state];
    },
  },
  mounted() {
    document.getElementById("splash")?.remove();
    this.heard = () => {
      const lost = window.MediQueue.lostAt();
      clearTimeout(this.timer);
      this.state = lost || !window.MediQueue.connected() ? "wait" : "live";
      if (lost) this.timer = setTimeout(() => { this.state = "off"; }, 3000);
    };
    addEventListener("mediqueue:connection", this.heard);
    this.heard();
  },
  unmounted() {
    clearTimeout(this.timer);
    removeEventListener("mediqueue:connection", this.heard);
  },
};

// The inside of a doctor's card; around it is a link, a label or nothing.
export const DoctorFacts = {
  props: { words: Object, doctor: Object, about: Object },
  template: `
    <span class="avatar" aria-hidden="true">{{ initials }}</span>
    <span class="grow"><b>{{ doctor.name }}</b><span class="sub">{{ presence || doctor.specialization }}</span><span class="sub" v-if="about?.languages">{{ speaks }}</span></span>
    <span class="wait" v-if="doctor.accepting"><b>{{ range }}</b><span class="sub">{{ waiting }}</span></span>`,
  computed: {
    initials() { return initials(this.doctor.name); },
    presence() { return presence(this.words, this.doctor.presence); },
    waiting() { return waiting(this.words, this.doctor.waiting_count); },
    speaks() { return fill(this.words.speaks, { languages: this.about.languages }); },
    range() {
      const wait = this.doctor.estimate;
      return range(this.words, wait?.low_minutes, wait?.high_minutes) ?? this.words.cant_say;
    },
  },
};

// The open tickets of this device. Until the server has answered which are open (`found`), all that it remembers.
export const YourTickets = {
  props: { words: Object, found: Array },
  emits: ["mine"],
  data: () => ({ links: remembered() }),
  template: `
    <nav class="stack" v-if="tickets.length" :aria-label="words.your_tickets"><a class="note" v-for="ticket in tickets" :key="ticket.link" :href="'/t/' + ticket.link">
      <i class="ic ic-ticket" aria-hidden="true"></i><span class="grow"><b>{{ words.your_ticket_is }} <bdi>{{ ticket.token }}</bdi></b>{{ ticket.status && " · " + ticket.status }}</span><i class="ic ic-right" aria-hidden="true"></i></a></nav>`,
  computed: {
    tickets() { return this.found || this.links.map((link) => ({ link })); },
  },
  watch: {
    found(tickets) { keep(tickets.map(({ link }) => link)); },
  },
  mounted() { if (this.links.length) this.$emit("mine", this.links); },
};

// A question that has to be answered first. The browser keeps the focus inside; Esc answers "close".
export const Ask = {
  props: { title: String, text: String, role: { default: "alertdialog" } },
  emits: ["close"],
  template: `
    <dialog class="card dialog" :role="role" aria-modal="true" aria-labelledby="ask-title" aria-describedby="ask-text" @cancel.prevent="$emit('close')">
      <h2 id="ask-title">{{ title }}</h2><p id="ask-text">{{ text }}</p><slot></slot></dialog>`,
  mounted() { this.$el.showModal(); },
  beforeUnmount() { this.$el.close(); }, // gives the focus back
};
