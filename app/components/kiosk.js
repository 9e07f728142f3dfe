// Touch a doctor, type a name, take the number. Then everything goes: the next person finds an empty start.
import { Ask, DoctorFacts, fill, range } from "phone";

const NEEDS = ["deaf", "blind", "wheelchair", "child"];
const PATIENCE = 10_000; // until we say that it took too long
const SHOWN = 20_000; // how long a ticket stays after the last touch
const IDLE = 45_000; // nobody has touched anything in the middle of typing: somebody may have left
const ANSWER = 15_000; // how long we wait for an answer to "Still there?"
const LOST_AFTER = 3_000;
const TICK = 500;
const TOUCHES = ["pointerdown", "keydown", "input"];

const empty = () => ({ step: "start", doctor: null, name: "", phone: "", year: "", wants: [], errors: {}, busy: false, ask: false, key: "", ticket: null, qr: "" });
// `crypto.randomUUID` is not there on a tablet that comes over plain http.
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export default {
  components: { Ask, DoctorFacts },
  props: { words: String, clinic: String, initial: String, only: String, books: Boolean, reply: String },
  emits: ["join", "arrive", "clear"],
  template: `
    <div class="contents"><div class="ph kiosk">
      <div class="banner" role="alert" v-if="lost && step !== 'start'"><i class="ic ic-nowifi" aria-hidden="true"></i><span class="grow"><b>{{ w.offline }}.</b> {{ w.offline_text }}</span></div>
      <header><span class="row grow"><span class="logo"><i class="ic ic-ticket" aria-hidden="true"></i></span><b><bdi>{{ clinic }}</bdi></b></span>
        <span class="live" :class="{ off: lost }">{{ lost ? w.no_connection : w.live }}</span></header>

      <main v-if="step === 'start'" key="start">
        <section class="msg st-waiting" v-if="lost"><span class="disc"><i class="ic ic-nowifi" aria-hidden="true"></i></span><h1 ref="head" tabindex="-1">{{ w.offline }}</h1><p>{{ w.offline_text }}</p></section>
        <template v-else>
          <h1 ref="head" tabindex="-1">{{ w.start }}</h1>
          <div class="note warn" role="alert" v-if="errors.page"><i class="ic ic-alert" aria-hidden="true"></i><span class="grow">{{ errors.page }}</span></div>
          <p v-if="!shown.some((each) => each.accepting)">{{ w.nobody }}</p>
          <div class="docs"><button v-for="each in shown" :key="each.id" type="button" class="doc" :class="{ off: !each.accepting }" :disabled="!each.accepting" @click="choose(each)"><DoctorFacts :words="w" :doctor="each"/></button></div>
          <button class="btn block" type="button" v-if="books" @click="comes"><i class="ic ic-clock" aria-hidden="true"></i>{{ w.have_one }}</button>
        </template>
      </main>

      <template v-else-if="step === 'booked'">
        <main key="booked">
          <h1 ref="head" tabindex="-1">{{ w.who_booked }}</h1>
          <div class="note warn" role="alert" v-if="errors.page"><i class="ic ic-alert" aria-hidden="true"></i><span class="grow">{{ errors.page }}</span></div>
          <div class="field large" v-for="ask in asks" :key="ask.name"><label :for="'kiosk-' + ask.name">{{ ask.label }}</label>
            <input class="input" :id="'kiosk-' + ask.name" :ref="ask.ref" :name="ask.name + key" v-model="$data[ask.name]" :type="ask.type" inputmode="numeric" autocomplete="off" :maxlength="ask.most"
              :enterkeyhint="ask.enter" :aria-describedby="'kiosk-err-' + ask.name" :aria-invalid="!!errors[ask.name] || null" @input="errors[ask.name] = ''" @keydown.enter.prevent="arrive">
            <span class="err" :id="'kiosk-err-' + ask.name" role="alert"><template v-if="errors[ask.name]"><i class="ic ic-alert" aria-hidden="true"></i>{{ errors[ask.name] }}</template></span></div>
        </main>
        <footer><div class="pair"><button class="btn primary" type="button" :aria-busy="busy" @click="arrive">{{ busy ? w.busy : w.check_in }}</button>
          <button class="btn" type="button" @click="reset">{{ w.back }}</button></div></footer>
      </template>

      <template v-else-if="step === 'who'">
        <main key="who">
          <div class="field large">
            <h1 ref="head" tabindex="-1"><label for="kiosk-name">{{ w.who }}</label></h1>
            <p class="muted">{{ w.you_will_see }} <b><bdi>{{ doctor.name }}</bdi></b></p>
            <div class="note warn" role="alert" v-if="errors.page"><i class="ic ic-alert" aria-hidden="true"></i><span class="grow">{{ errors.page }}</span></div>
            <input class="input" id="kiosk-name" ref="name" :name="'n' + key" v-model="name" autocomplete="off" autocorrect="off" enterkeyhint="go" autocapitalize="words" spellcheck="false" maxlength="80" dir="auto"
              aria-describedby="kiosk-hint kiosk-err" :aria-invalid="!!errors.name || null" @input="errors.name = ''" @keydown.enter.prevent="submit">
            <span class="hint" id="kiosk-hint">{{ w.privacy }}</span>
            <span class="err" id="kiosk-err" role="alert"><template v-if="errors.name"><i class="ic ic-alert" aria-hidden="true"></i>{{ errors.name }}</template></span></div>
          <fieldset class="field"><legend>{{ w.help }}</legend><p class="hint">{{ w.help_lead }}</p>
            <div class="needs"><label class="check" v-for="need in needs" :key="need"><input type="checkbox" :value="need" v-model="wants">{{ w[need] }}</label></div></fieldset>
        </main>
        <footer><div class="pair"><button class="btn primary" type="button" :aria-busy="busy" @click="submit">{{ busy ? w.busy : w.submit }}</button>
          <button class="btn" type="button" @click="reset">{{ w.back }}</button></div></footer>
      </template>

      <main v-else key="ticket">
        <div class="got">
          <section class="tk"><div class="id"><h1 class="muted" ref="head" tabindex="-1">{{ w.your_number }}</h1><span class="no"><bdi>{{ ticket.token }}</bdi></span></div>
            <div class="msg" v-if="ticket.position === 1"><h2>{{ w.next }}</h2><p>{{ w.next_text }}</p></div>
            <div class="pos" v-else-if="ticket.position"><span class="big">{{ before }}</span><span class="txt">{{ before === 1 ? w.person_before : w.people_before }}</span></div>
            <p class="note" v-if="standing"><i class="ic ic-info" aria-hidden="true"></i><span class="grow">{{ standing }}</span></p>
            <dl><div><dt>{{ w.time_left }}</dt><dd>{{ timeLeft }}</dd></div><div><dt>{{ w.you_will_see }}</dt><dd><bdi>{{ doctor.name }}</bdi></dd></div></dl></section>
          <section class="stack">
            <div class="row"><img :src="qr" :alt="w.qr" class="qr"><div class="grow"><h2>{{ w.live_title }}</h2><p>{{ w.live_how }}</p></div></div>
            <p>{{ watchFor }}</p>
            <div class="pair"><button class="btn primary" type="button" @click="reset">{{ w.finish }}</button>
              <button class="btn" type="button" @click="print"><i class="ic ic-print" aria-hidden="true"></i>{{ w.print }}</button></div>
            <p class="foot-text">{{ w.closes }}</p>
          </section>
        </div>
      </main>
      <Ask v-if="ask" :title="w.still" :text="w.still_text" @close="touched"><div class="acts">
        <button class="btn primary" type="button" @click="touched">{{ w.still_yes }}</button><button class="btn" type="button" @click="reset">{{ w.still_no }}</button></div></Ask>
    </div>
    <div class="paper roll print-only" v-if="ticket" aria-hidden="true">
      <div class="h"><b>{{ clinic }}</b><span>{{ printedAt.day }}, {{ printedAt.time }}</span></div>
      <div class="no">{{ ticket.token }}</div><div class="dr">{{ doctor.name }}</div>
      <div class="f"><div><span>{{ paperBefore }}</span><b>{{ before ? peopleBefore : w.next }}</b></div><div><span>{{ w.paper_wait }}</span><b>{{ waitRange }}</b></div></div>
      <div class="q"><img :src="qr" alt=""><p><b>{{ w.live_title }}</b>{{ w.live_how }}</p></div>
      <div class="n">{{ w.paper_no_phone }}<b>{{ ticket.token }}.</b></div>
    </div></div>`,
  data() {
    return { w: JSON.parse(this.words), needs: NEEDS, doctors: JSON.parse(this.initial), lost: false, ...empty() };
  },
  computed: {
    shown() {
      const only = JSON.parse(this.only);
      return only.length ? this.doctors.filter(({ id }) => only.includes(id)) : this.doctors;
    },
    asks() {
      return [
        { name: "phone", ref: "name", label: this.w.your_phone, type: "tel", most: 20, enter: "next" },
        { name: "year", ref: "year", label: this.w.your_year, type: "text", most: 4, enter: "go" },
      ];
    },
    standing() {
      if (this.ticket.late) return this.w.late_now;
      return this.ticket.call_from ? fill(this.w.early, { time: window.MediQueue.clockTime(Date.parse(this.ticket.call_from)) }) : "";
    },
    before() { return (this.ticket.position || 1) - 1; },
    peopleBefore() { return this.before === 1 ? this.w.paper_person : fill(this.w.paper_people, { n: this.before }); },
    waitRange() {
      const wait = this.ticket.estimate;
      return range(this.w, wait?.low_minutes, wait?.high_minutes) ?? this.w.cant_say;
    },
    timeLeft() { return /^\d/.test(this.waitRange) ? fill(this.w.about, { range: this.waitRange }) : this.waitRange; },
    watchFor() { return fill(this.w.watch, { token: this.ticket.token }); },
    printedAt() {
      const now = window.MediQueue.now();
      const timeZone = document.documentElement.dataset.zone || undefined;
      const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone }).format(now);
      return { day, time: window.MediQueue.clockTime(now) };
    },
    paperBefore() { return fill(this.w.paper_before, { time: this.printedAt.time }); },
  },
  watch: {
    reply(text) { if (text) this.answered(JSON.parse(text)); },
    shown() {
      if (this.step !== "who" || this.busy || this.shown.some(({ id, accepting }) => id === this.doctor.id && accepting)) return;
      this.reset();
      this.errors = { page: this.w.gone };
    },
    step() { this.$nextTick(() => ([this.$refs.name].flat()[0] || this.$refs.head)?.focus()); },
  },
  mounted() {
    this.touchedAt = Date.now();
    this.noticed = () => { this.touchedAt = Date.now(); };
    this.wake = () => window.MediQueue.stayAwake();
    TOUCHES.forEach((event) => addEventListener(event, this.noticed, true));
    document.addEventListener("visibilitychange", this.wake);
    this.stop = window.MediQueue.board([], ({ clinic }) => { this.doctors = clinic; }, { clinic: true });
    this.timer = setInterval(this.tick, TICK);
    this.wake();
  },
  unmounted() {
    TOUCHES.forEach((event) => removeEventListener(event, this.noticed, true));
    document.removeEventListener("visibilitychange", this.wake);
    this.stop?.();
    clearInterval(this.timer);
    clearTimeout(this.patience);
  },
  methods: {
    tick() {
      const lostAt = window.MediQueue.lostAt();
      this.lost = !!lostAt && window.MediQueue.now() - lostAt > LOST_AFTER;
      const idle = Date.now() - this.touchedAt;
      if (this.step === "ticket" && idle > SHOWN) this.reset();
      if (!["who", "booked"].includes(this.step) || this.busy) return;
      if (idle > IDLE + ANSWER) this.reset();
      else if (idle > IDLE) this.ask = true;
    },
    touched() {
      this.touchedAt = Date.now();
      this.ask = false;
    },
    choose(doctor) {
      this.errors = {};
      this.doctor = doctor;
      this.key = newKey();
      this.step = "who";
    },
    submit() {
      if (this.busy) return;
      this.errors = {};
      if (!this.name.trim()) return this.fail({ name: this.w.no_name });
      if (window.MediQueue.lostAt()) return this.fail({ page: this.w.offline_try });
      this.busy = true;
      this.patience = setTimeout(() => this.fail({ page: this.w.slow }), PATIENCE);
      this.$emit("join", { doctor: this.doctor.id, name: this.name, needs: [...this.wants], key: this.key });
    },
    comes() {
      this.errors = {};
      this.key = newKey();
      this.step = "booked";
    },
    arrive() {
      if (this.busy) return;
      this.errors = {};
      if (!this.phone.trim()) return this.fail({ phone: this.w.no_phone });
      if (!/^\d{4}$/.test(this.year.trim())) return this.fail({ year: this.w.no_year });
      if (window.MediQueue.lostAt()) return this.fail({ page: this.w.offline_try });
      this.busy = true;
      this.patience = setTimeout(() => this.fail({ page: this.w.slow }), PATIENCE);
      this.$emit("arrive", { phone: this.phone.trim(), year: Number(this.year), key: this.key });
    },
    // An answer for somebody who has left is for nobody any more.
    answered({ key, errors, ticket, qr }) {
      if (!this.key || (key && key !== this.key)) return void this.$emit("clear");
      if (errors) {
        this.key = newKey();
        return this.fail(errors);
      }
      clearTimeout(this.patience);
      const doctor = { id: ticket.doctor_id, name: ticket.doctor_name };
      Object.assign(this, { ticket, qr, doctor, busy: false, ask: false, name: "", phone: "", year: "", wants: [], errors: {}, step: "ticket" });
      this.touched();
    },
    fail(errors) {
      clearTimeout(this.patience);
      this.busy = false;
      this.errors = errors;
      this.touched();
      this.$nextTick(() => [this.$refs.name].flat()[0]?.focus());
    },
    reset() {
      clearTimeout(this.patience);
      Object.assign(this, empty());
      this.$emit("clear");
      window.scrollTo(0, 0);
    },
    print() { window.print(); },
  },
};
