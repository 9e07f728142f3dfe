// "It is your turn": over everything, with sound and vibration until it is answered.
import { fill, time } from "phone";

const STRIKES = [0, 1600, 3200]; // milliseconds; one strike is three tones
const AGAIN = 20_000;
const LONGEST = 120_000;
const VIBRATION = [600, 200, 600, 200, 1200];

export const place = (words, room) =>
  !room ? words.the_room : room.length <= 2 ? fill(words.room, { room }) : room;

export const Takeover = {
  props: { words: Object, ticket: Object, busy: Boolean, refusal: String, offline: Boolean },
  emits: ["act"],
  data: () => ({ asking: false }),
  template: `
    <div class="takeover on" role="alertdialog" aria-modal="true" aria-labelledby="turn" aria-describedby="turn-where">
      <div class="ring" v-if="!asking"><i class="ic ic-bell" aria-hidden="true"></i></div>
      <h1 id="turn">{{ words.your_turn }}</h1>
      <div class="goto" id="turn-where" v-if="ticket.fetch"><div class="k">{{ words.fetch }}</div></div>
      <div class="goto" id="turn-where" v-else><div class="k"><i class="ic ic-door" aria-hidden="true"></i> {{ words.go_to }}</div>
        <div class="room" :class="{ long: where.length > 9 }">{{ where }}</div><div>{{ ticket.doctor_name }}</div></div>
      <div class="who">{{ words.your_number }}<span class="no"><bdi>{{ ticket.token }}</bdi></span></div>
      <div class="do" v-if="asking"><h2>{{ words.cant_come_title }}</h2>
        <button class="btn" type="button" ref="first" :aria-busy="busy" @click="$emit('act', 'more')">{{ words.later }}</button>
        <button class="btn second" type="button" @click="$emit('act', 'leave')">{{ words.leave }}</button>
        <button class="btn second" type="button" @click="ask(false)">{{ words.go_back }}</button>
        <div>{{ words.later_text }}</div></div>
      <div class="do" v-else>
        <p v-if="coming" role="status"><b>{{ ticket.fetch ? "" : words.coming_done }}</b></p>
        <button class="btn" type="button" ref="first" v-else :aria-busy="busy" @click="come">{{ ticket.fetch ? words.ok : words.coming }}</button>
        <button class="btn second" type="button" ref="second" @click="ask(true)">{{ words.cant_come }}</button>
        <div v-if="offline" role="status">{{ words.called_offline }}</div>
        <div v-else-if="before && !ticket.fetch">{{ before }}</div></div>
      <p v-if="refusal" role="alert"><b>{{ refusal }}</b></p>
    </div>`,
  computed: {
    where() { return place(this.words, this.ticket.room); },
    coming() { return this.ticket.answer === "coming"; },
    before() { return this.ticket.come_before ? fill(this.words.come_before, { time: time(this.ticket.come_before) }) : ""; },
  },
  watch: {
    coming(is) { if (is) { this.quiet(); this.$nextTick(() => this.$refs.second?.focus()); } },
    offline(is) { if (is) this.quiet(); },
  },
  mounted() {
    this.timers = [];
    (this.$refs.first || this.$refs.second)?.focus();
    if (!this.coming && !this.offline) this.ring();
  },
  unmounted() { this.quiet(); },
  methods: {
    ring() {
      const began = Date.now();
      const round = () => {
        if (Date.now() - began >= LONGEST) return this.quiet();
        this.timers.push(...STRIKES.map((wait) => setTimeout(window.MediQueue.chime, wait)));
        // A browser refuses to shake a phone nobody has touched, and complains in its console.
        if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(VIBRATION);
      };
      round();
      this.timers.push(setInterval(round, AGAIN));
    },
    quiet() {
      this.timers.splice(0).forEach((timer) => { clearTimeout(timer); clearInterval(timer); });
      if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(0);
    },
    come() {
      this.quiet();
      this.$emit("act", "coming");
    },
    ask(is) {
      this.quiet();
      this.asking = is;
      this.$nextTick(() => (this.$refs.first || this.$refs.second)?.focus());
    },
  },
};
