// The live ticket. The public board says how things stand; what is private comes from the server when asked.
import { Ask, PhoneFrame, fill, range, remember, session } from "phone";
import { Takeover, place } from "takeover";
import { SoundBar, messages } from "states";

const OLD_AFTER = 10_000; // milliseconds without a connection
const GO_BACK_AFTER = 30;
const PLACE_BACK = 300_000;
const PATIENCE = 10_000;
const OPEN = ["waiting", "called", "in_progress", "on_hold", "skipped"];
const code = (label) => label.toLowerCase().replaceAll(" ", "_");

export default {
  components: { Ask, PhoneFrame, SoundBar, Takeover },
  props: { words: String, page: String, reply: String },
  emits: ["stale", "act"],
  data() {
    return {
      w: JSON.parse(this.words), p: JSON.parse(this.page), mine: null, gone: "", board: null, refusal: "", said: "", busy: "",
      now: window.MediQueue.now(), lostAt: null, leaving: false, ending: false, checking: false, seconds: GO_BACK_AFTER, seen: "", movedOk: false,
    };
  },
  template: `
    <div class="contents" v-if="mine || gone"><PhoneFrame :words="w" :clinic="p.clinic" :inert="status === 'called' || null">
      <main v-if="gone"><section class="tk"><div class="msg"><span class="disc"><i class="ic ic-ticket" aria-hidden="true"></i></span><h1 ref="top" tabindex="-1">{{ w.gone_title }}</h1><p>{{ gone }}</p></div></section>
        <div class="stack push"><a class="btn primary block" href="/join-queue">{{ w.again }}</a></div></main>
      <main v-else>
        <div class="note" v-if="mine.moved && !movedOk && isOpen" role="status"><i class="ic ic-swap" aria-hidden="true"></i><span class="grow">{{ movedText }}</span><button class="btn quiet" type="button" @click="readMoved">{{ w.ok }}</button></div>
        <section class="tk" :aria-label="w.your_ticket" v-if="status === 'waiting' || status === 'called'">
          <div class="id"><span class="muted">{{ w.your_number }}</span><span class="no"><bdi>{{ mine.token }}</bdi></span><span class="chip large st-waiting" v-if="!old"><i class="ic ic-clock" aria-hidden="true"></i>{{ w.waiting }}</span></div>
          <div class="txt" v-if="old"><h1 class="mid" ref="top" tabindex="-1">{{ w.keep_place }}</h1><p>{{ w.offline_text }}</p></div>
          <div role="status" :class="[before ? 'pos' : 'msg', { stale: checking }]" v-show="!old"><template v-if="before"><h1 class="vh" ref="top" tabindex="-1">{{ before }} {{ beforeText }}</h1><span class="big" aria-hidden="true">{{ before }}</span><span class="txt" aria-hidden="true">{{ beforeText }}</span></template>
            <template v-else><h1 ref="top" tabindex="-1">{{ shown.position ? w.next : w.soon }}</h1><p>{{ shown.position ? w.next_text : w.soon_text }}</p></template></div>
          <div class="line" aria-hidden="true" v-if="!old && shown.position"><template v-if="busyRoom"><i class="p in"></i><span class="bar"></span></template><template v-for="n in dots" :key="n"><i class="p"></i><span class="bar"></span></template><template v-if="before > 5"><span>+{{ before - 5 }}</span><span class="bar"></span></template><i class="me">{{ w.you }}</i></div>
          <dl><div v-if="old"><dt>{{ age }}</dt><dd class="stale">{{ before ? before + ' ' + beforeText : w.next }}</dd></div><div v-else><dt>{{ w.time_left }}</dt><dd>{{ timeLeft }}</dd></div><div><dt>{{ w.you_will_see }}</dt><dd>{{ mine.doctor_name }}</dd></div></dl>
        </section>
        <template v-else><div class="idrow"><span class="muted">{{ w.your_number }}</span><b><bdi>{{ mine.token }}</bdi></b></div>
          <section class="tk" :aria-label="w.your_ticket"><div class="msg" :class="'st-' + status" role="status"><span class="disc"><i class="ic" :class="'ic-' + message.icon" aria-hidden="true"></i></span><h1 ref="top" tabindex="-1">{{ message.title }}</h1>
            <p v-for="line in message.lines" :key="line">{{ line }}</p><span class="chip large" :class="'st-' + status" v-if="message.chip"><i class="ic" :class="'ic-' + message.icon" aria-hidden="true"></i>{{ message.chip }}</span></div>
            <dl v-if="message.saw"><div><dt>{{ message.saw }}</dt><dd>{{ mine.doctor_name }}</dd></div></dl></section></template>
        <p class="note" v-if="standing"><i class="ic ic-clock" aria-hidden="true"></i><span class="grow">{{ standing }}</span></p>
        <p class="note" role="status" v-show="said || late"><i class="ic ic-info" aria-hidden="true"></i><span class="grow">{{ said || w.late }}</span></p>
        <p class="note warn" role="alert" v-if="refusal"><i class="ic ic-alert" aria-hidden="true"></i><span class="grow">{{ refusal }}</span></p>
        <section class="card" v-if="old && isOpen"><div class="body"><h2>{{ w.until_then }}</h2><ul class="tips"><li><i class="ic ic-tv" aria-hidden="true"></i><span class="grow">{{ tip }}</span></li><li><i class="ic ic-user" aria-hidden="true"></i><span class="grow">{{ w.tip_desk }}</span></li></ul></div></section>
        <SoundBar :words="w" v-if="isOpen && !old && status !== 'in_progress'"/>
        <div class="pair push" v-if="status === 'waiting' && !old"><button class="btn" type="button" :aria-busy="busy === 'more'" @click="act('more')">{{ w.more_time }}</button><button class="btn" type="button" @click="leaving = true">{{ w.leave }}</button></div>
        <div class="stack push" v-else-if="message.buttons.length && !(old && isOpen)"><template v-for="(button, n) in message.buttons" :key="button.text"><a class="btn block" :class="{ primary: !n }" v-if="button.href" :href="button.href">{{ button.text }}</a><button class="btn block" :class="{ primary: !n }" type="button" :aria-busy="busy === button.act" v-else @click="button.act === 'leave' ? leaving = true : act(button.act)">{{ button.text }}</button></template></div>
        <p class="foot-text" v-if="foot">{{ foot }}</p>
      </main></PhoneFrame>
      <Takeover :key="shown.calls" v-if="!gone && status === 'called'" :words="w" :ticket="shown" :busy="busy === 'more'" :refusal="refusal" :offline="old" @act="(verb) => verb === 'leave' ? leaving = true : act(verb)"/>
      <Ask v-if="leaving" :title="w.leave_ask" :text="w.leave_effect" @close="leaving = false"><div class="stack"><button class="btn block" type="button" autofocus @click="leaving = false">{{ w.stay }}</button><button class="btn danger block" type="button" @click="leave">{{ w.leave }}</button></div></Ask>
      <Ask v-if="ending" :title="message.title" :text="[...message.lines, w.goes_back].join(' ')" @close="stay"><div class="stack"><a class="btn primary block" href="/join-queue" autofocus>{{ w.start }}</a><button class="btn block" type="button" @click="stay">{{ w.stay_here }}</button></div></Ask>
    </div>`,
  computed: {
    onBoard() { return this.mine && this.board?.doctor_id === this.mine.doctor_id ? this.board.tickets.find(({ token }) => token === this.mine.token) : null; },
    // The board is the newer of the two whenever this ticket is on it.
    shown() {
      if (!this.mine) return {};
      const { estimate, position, room, call_count: calls, status } = this.mine;
      const own = { position, low: estimate?.low_minutes ?? null, high: estimate?.high_minutes ?? null, room, calls, status: code(status) };
      const answer = this.onBoard && this.onBoard.calls !== calls ? null : this.mine.answer;
      return { ...this.mine, ...own, ...this.onBoard, answer };
    },
    status() { return this.shown.status; },
    isOpen() { return OPEN.includes(this.status); },
    before() { return Math.max((this.shown.position || 1) - 1, 0); },
    beforeText() { return this.before === 1 ? this.w.person_before : this.w.people_before; },
    dots() { return Math.min(this.before, 5); },
    busyRoom() { return !!this.board?.tickets.some(({ status }) => status === "in_progress"); },
    timeLeft() {
      if (this.checking) return this.w.checking;
      const text = range(this.w, this.shown.low, this.shown.high);
      return /^\d/.test(text) ? fill(this.w.about, { range: text }) : text || this.w.cant_say;
    },
    message() { return messages(this); },
    old() { return !!this.lostAt && this.now - this.lostAt > OLD_AFTER; },
    age() {
      const n = Math.floor((this.now - this.lostAt) / 60_000);
      return n < 1 ? this.w.just_now : n === 1 ? this.w.minute_ago : fill(this.w.minutes_ago, { n });
    },
    late() { return this.status === "waiting" && !!this.mine.promised_by && this.now > Date.parse(this.mine.promised_by); },
    // Somebody with an appointment who is not on time. The gate opens by itself, so the note goes by itself.
    standing() {
      if (this.status !== "waiting" || this.old) return "";
      if (this.mine.late) return this.w.late_now;
      const from = Date.parse(this.mine.call_from ?? "");
      return from > this.now ? fill(this.w.early, { time: window.MediQueue.clockTime(from) }) : "";
    },
    tip() { return fill(this.w.tip_screen, { token: this.mine.token }); },
    movedText() { return fill(this.w.moved, { doctor: this.mine.doctor_name }); },
    mayRestore() { return this.mine.end_reason === "by_patient" && this.now < Date.parse(this.mine.ended_at) + PLACE_BACK; },
    foot() { return { waiting: this.w.worse, skipped: this.w.speak, cancelled: this.mine.end_reason === "by_patient" ? "" : this.w.wrong, no_show: this.w.wrong }[this.status] || ""; },
    title() {
      if (this.gone) return this.w.gone_title;
      const facts = { token: this.mine.token, n: this.before, room: place(this.w, this.shown.room) };
      if (this.old && this.isOpen && this.status !== "called") return fill(this.w.title_offline, facts);
      const name = { waiting: this.before ? "before" : "next", called: "called", skipped: "skipped", on_hold: "hold", done: "done", cancelled: "cancelled", no_show: "skipped" }[this.status];
      return name ? fill(this.w[`title_${name}`], facts) : this.mine.token;
    },
  },
  watch: {
    reply(text) { this.answered(text); },
    status(is, was) {
      if (!OPEN.includes(is) && OPEN.includes(was) && !this.left) this.ending = is !== "no_show";
      if (OPEN.includes(is)) this.ending = this.left = false;
      if (is !== "waiting" && is !== "on_hold") this.said = "";
      if (is === "called" && this.leaving) this.leaving = false;
      if (was && is !== "called" && !this.ending) this.$nextTick(() => this.$refs.top?.focus({ preventScroll: true }));
    },
    ending(is) { if (is) this.seconds = GO_BACK_AFTER; },
    before(is, was) { if (this.status === "waiting" && is === 0 && was > 0) window.MediQueue.chime(); },
  },
  mounted() {
    this.answered(this.reply);
    this.heard = () => { this.lostAt = window.MediQueue.lostAt(); this.now = window.MediQueue.now(); };
    addEventListener("mediqueue:connection", this.heard);
    this.woke = ({ detail }) => { this.checking = detail.is; };
    addEventListener("mediqueue:checking", this.woke);
    this.beat = setInterval(() => this.tick(), 1000);
  },
  unmounted() {
    clearInterval(this.beat);
    clearTimeout(this.timer);
    this.stop?.();
    removeEventListener("mediqueue:connection", this.heard);
    removeEventListener("mediqueue:checking", this.woke);
  },
  methods: {
    answered(text) {
      if (!text) return;
      const { ticket, gone, refusal } = JSON.parse(text);
      const did = this.busy;
      clearTimeout(this.timer);
      this.busy = "";
      this.gone = gone || "";
      this.refusal = refusal || "";
      if (!ticket) return void (document.title = this.title);
      const isNew = !this.mine;
      const doctor = this.mine?.doctor_id;
      this.mine = ticket;
      if (ticket.doctor_id !== doctor) this.follow(ticket.doctor_id);
      if (isNew) this.begin();
      if (did && !refusal) this.thank(did);
      this.tick();
    },
    begin() {
      if (location.pathname !== `/t/${this.mine.link}`) {
        history.replaceState(history.state, "", `/t/${this.mine.link}`);
        session.remove("join"); // answered: the next person who joins here is another one
        this.$nextTick(() => { scrollTo(0, 0); this.$refs.top?.focus(); });
      }
      remember(this.mine.link);
      this.movedOk = session.get(`moved-${this.mine.link}`) === String(this.mine.doctor_id);
      if (this.isOpen) session.set("open", this.mine.link);
      else this.ending = this.status !== "no_show" && session.get("open") === this.mine.link;
    },
    follow(doctor) {
      this.stop?.();
      this.board = null;
      this.stop = window.MediQueue.board([doctor], (board) => this.took(board));
    },
    took(board) {
      this.board = Object.freeze(board);
      const there = this.onBoard;
      const differs = there ? there.status !== code(this.mine.status) || there.calls !== this.mine.call_count : OPEN.includes(code(this.mine.status));
      if (differs) this.$emit("stale");
    },
    act(verb) {
      window.MediQueue.unlock();
      if (this.busy) return;
      if (this.lostAt) return void (this.refusal = this.w.offline_try);
      this.busy = verb;
      this.refusal = this.said = "";
      this.timer = setTimeout(() => { this.busy = ""; this.refusal = this.w.slow; }, PATIENCE);
      this.$emit("act", verb);
    },
    leave() {
      this.leaving = false;
      this.left = true;
      this.act("leave");
    },
    thank(did) {
      const text = { more: "more_time_done", here: "here_done", back: "back_done", restore: "place_back_done" }[did];
      if (text) this.said = fill(this.w[text], { n: did === "more" ? this.p.more_minutes : this.p.return_minutes });
    },
    readMoved() {
      this.movedOk = true;
      session.set(`moved-${this.mine.link}`, this.mine.doctor_id);
    },
    stay() {
      this.ending = false;
      session.remove("open");
    },
    tick() {
      this.now = window.MediQueue.now();
      if (!this.mine && !this.gone) return;
      const blink = this.status === "called" && this.shown.answer !== "coming" && Math.floor(this.now / 1000) % 2;
      const title = blink ? this.mine.token : this.title;
      if (document.title !== title) document.title = title;
      if (this.ending && !document.hidden && --this.seconds < 0) location.assign("/join-queue");
      if (this.isOpen) window.MediQueue.stayAwake();
    },
  },
};
