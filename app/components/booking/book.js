// A day, a time, for whom: three taps. The server keeps the chosen time while the form is filled in.
import { Ask, PhoneFrame, fill, initials, session } from "phone";

const NEW = -1; // nobody of the account: somebody with a name to type
const REST = 250; // milliseconds: arrow keys walk over times that nobody means
const PATIENCE = 10_000; // milliseconds until we say that it took too long
const WARN = 60_000; // milliseconds before the end in which more time is offered

export default {
  components: { Ask, PhoneFrame },
  props: { words: String, page: String, days: String, reply: String },
  emits: ["choose", "book", "week", "drop", "more", "ended"],
  data() {
    const page = JSON.parse(this.page);
    const week = JSON.parse(this.days);
    return {
      w: JSON.parse(this.words), p: page, week, day: null, seen: [], chosen: null, held: null, message: "", others: [], ending: false, choosing: false,
      who: [NEW, 0][page.people.length] ?? null, name: "", phone: "", reason: "", errors: {}, busy: false, both: "", title: document.title, elsewhere: differs(page.zone),
    };
  },
  template: `
    <PhoneFrame :words="w" :clinic="p.clinic">
      <main>
        <a class="row" :href="p.back"><i class="ic ic-left" aria-hidden="true"></i><span>{{ p.back_text }}</span></a>
        <div><h1 class="mid">{{ p.title }}</h1><p><bdi>{{ p.doctor }}</bdi><br><span class="muted">{{ p.about }}</span></p></div>
        <div class="note" v-if="elsewhere"><i class="ic ic-clock" aria-hidden="true"></i><span class="grow">{{ p.zone_note }}</span></div>
        <div class="contents" role="alert"><div class="note warn" v-if="message" ref="message" tabindex="-1"><i class="ic ic-alert" aria-hidden="true"></i><span class="grow">{{ message }}</span>
          <div class="acts" v-if="others.length"><button class="btn" type="button" v-for="other in others" :key="other.slot" @click="takeOther(other)">{{ other.words }}</button></div></div></div>
        <section class="sec"><div class="turn"><h2>{{ week.title }}</h2><button class="link" type="button" v-if="week.earlier" @click="$emit('week', week.earlier)">{{ w.earlier }}</button><button class="link" type="button" v-if="week.later" @click="$emit('week', week.later)">{{ w.later }}</button></div>
          <div class="days" role="radiogroup" :aria-label="w.days">
            <label class="day" v-for="each in week.days" :key="each.day"><input type="radio" name="day" :value="each.day" :checked="each.day === day" :disabled="!each.free && each.day !== day" :aria-label="each.long + ', ' + each.note" @change="show(each.day)"><span>{{ each.name }}</span><b>{{ each.number }}</b><small>{{ each.note }}</small></label></div></section>
        <p v-if="!groups.length" role="status">{{ w.no_time }}</p>
        <div class="stack" role="radiogroup" :aria-label="w.times" :aria-describedby="errors.time && 'time-e'" :aria-invalid="!!errors.time || null">
          <section class="sec" v-for="group in groups" :key="group.name"><h2>{{ group.name }}</h2>
            <div class="slots"><label class="slot" v-for="slot in group.slots" :key="slot.id"><input type="radio" name="slot" :value="slot.id" :checked="slot.id === chosen" :disabled="!slot.free && slot.id !== chosen" :aria-label="slot.at + ', ' + today.long" @change="choose(slot)"><span><i class="ic ic-tick" aria-hidden="true" v-if="slot.id === chosen"></i>{{ slot.at }}</span><small v-if="!slot.free && slot.id !== chosen">{{ w.taken }}</small></label></div></section></div>
        <span class="err" id="time-e" role="alert"><template v-if="errors.time"><i class="ic ic-alert" aria-hidden="true"></i>{{ errors.time }}</template></span>
        <form class="stack" id="book" novalidate @submit.prevent="submit">
          <template v-if="p.holds">
            <template v-if="p.people.length"><h2 id="whom">{{ w.for_whom }}</h2>
              <div class="docs" role="radiogroup" aria-labelledby="whom" :aria-describedby="errors.person && 'person-e'" :aria-invalid="!!errors.person || null">
                <label class="doc" v-for="(each, n) in p.people" :key="n"><input type="radio" name="person" :value="n" v-model="who" @change="errors.person = ''"><span class="avatar" aria-hidden="true">{{ initials(each.name) }}</span><span class="grow"><b><bdi>{{ each.name }}</bdi></b><span class="sub">{{ each.about }}</span></span></label>
                <label class="doc"><input type="radio" name="person" :value="-1" v-model="who" @change="errors.person = ''"><span class="avatar" aria-hidden="true"><i class="ic ic-plus"></i></span><b class="grow">{{ w.somebody_else }}</b></label></div>
              <span class="err" id="person-e" role="alert"><template v-if="errors.person"><i class="ic ic-alert" aria-hidden="true"></i>{{ errors.person }}</template></span></template>
            <h2 v-else>{{ w.for_whom }}</h2>
            <template v-if="who === -1">
              <div class="field"><label for="name">{{ w.name }}</label><input class="input" id="name" ref="name" name="name" v-model="name" autocomplete="name" autocapitalize="words" spellcheck="false" maxlength="200" dir="auto" aria-describedby="name-h name-e" :aria-invalid="!!errors.name || null" @input="errors.name = ''"><span class="hint" id="name-h">{{ w.name_hint }}</span>
                <span class="err" id="name-e" role="alert"><template v-if="errors.name"><i class="ic ic-alert" aria-hidden="true"></i>{{ errors.name }}</template></span></div>
              <div class="field" v-if="!p.people.length"><label for="phone">{{ w.phone }}</label><input class="input" id="phone" ref="phone" name="phone" type="tel" v-model="phone" autocomplete="tel" maxlength="40" dir="ltr" aria-describedby="phone-h phone-e" :aria-invalid="!!errors.phone || null" @input="errors.phone = ''"><span class="hint" id="phone-h">{{ w.phone_hint }}</span>
                <span class="err" id="phone-e" role="alert"><template v-if="errors.phone"><i class="ic ic-alert" aria-hidden="true"></i>{{ errors.phone }}</template></span></div></template>
            <div class="field"><label for="reason">{{ w.reason }}</label><input class="input" id="reason" ref="reason" name="reason" v-model="reason" maxlength="200" dir="auto" enterkeyhint="go" aria-describedby="reason-e" :aria-invalid="!!errors.reason || null" @input="errors.reason = ''">
              <span class="err" id="reason-e" role="alert"><template v-if="errors.reason"><i class="ic ic-alert" aria-hidden="true"></i>{{ errors.reason }}</template></span></div></template></form>
      </main>
      <footer><b class="choice" role="status">{{ choice }}</b>
        <button class="btn primary block" type="submit" form="book" :aria-busy="busy">{{ busy ? w.busy : p.submit }}</button>
        <div class="foot-text kept"><span role="status">{{ keeps }}</span> <button class="link" type="button" v-if="ending" @click="$emit('more')">{{ w.more }}</button></div></footer>
      <Ask v-if="both" :title="w.both_title" :text="both" @close="both = ''"><div class="acts"><button class="btn primary" type="button" @click="send(true)">{{ w.both }}</button><button class="btn" type="button" autofocus @click="both = ''">{{ w.other_time }}</button></div></Ask>
    </PhoneFrame>`,
  computed: {
    today() { return this.week.days.find(({ day }) => day === this.day); },
    // What was free when the day was opened keeps its place, so that nothing moves under a finger.
    groups() {
      const shown = (this.today?.slots || []).filter(({ id, free }) => free || id === this.chosen || this.seen.includes(id));
      return this.p.parts.map((name, part) => ({ name, slots: shown.filter((slot) => slot.part === part) })).filter(({ slots }) => slots.length);
    },
    choice() { return this.held?.words || this.picked || (this.choosing ? this.w.choosing : this.w.no_choice); },
    picked() {
      const slot = !this.p.holds && this.today?.slots.find(({ id }) => id === this.chosen);
      return slot ? `${this.today.long}, ${slot.at}` : this.pickedBefore;
    },
    keeps() {
      if (!this.p.holds) return this.w.you_keep;
      if (!this.held) return this.w.we_keep;
      return this.ending ? this.w.ends_soon : fill(this.w.kept_until, { time: this.held.until_text });
    },
  },
  watch: {
    days(text) { this.listed(JSON.parse(text)); },
    reply(text) { if (text) this.answered(JSON.parse(text)); },
  },
  created() { this.listed(this.week); },
  mounted() {
    this.stop = window.MediQueue.board([], () => {});
    this.left = () => { if (this.held) this.$emit("drop", this.held.link); };
    addEventListener("pagehide", this.left);
    const old = session.get("held"); // of this tab before it was loaded again
    if (old) this.$emit("drop", old);
    session.remove("held");
  },
  unmounted() {
    this.stop?.();
    removeEventListener("pagehide", this.left);
    [this.timer, this.warner, this.waiter, this.rest].forEach(clearTimeout);
  },
  methods: {
    initials,
    listed(week) {
      const other = week.first !== this.week.first;
      this.week = week;
      if (!this.today) return this.show(week.days.find(({ day }) => day === this.wanted)?.day || week.days.find(({ free }) => free)?.day || null);
      if (!other) this.seen = [...new Set([...this.seen, ...this.freeOf(this.today)])];
    },
    show(day) {
      this.day = day;
      this.wanted = null;
      this.seen = this.freeOf(this.today);
    },
    freeOf(day) { return (day?.slots || []).filter(({ free }) => free).map(({ id }) => id); },
    choose(slot) {
      this.chosen = slot.id;
      this.errors.time = "";
      this.forget();
      if (!this.p.holds) return void (this.pickedBefore = `${this.today.long}, ${slot.at}`);
      this.choosing = true;
      clearTimeout(this.rest);
      this.rest = setTimeout(() => this.$emit("choose", slot.id), REST);
    },
    takeOther({ slot, day, words }) {
      this.wanted = day;
      if (this.week.days.some((each) => each.day === day)) this.show(day);
      else { this.day = null; this.$emit("week", day); }
      this.chosen = slot;
      this.forget();
      if (!this.p.holds) return void (this.pickedBefore = words);
      this.choosing = true;
      this.$emit("choose", slot);
    },
    // Nothing of the time before, nor of what was said of it.
    forget() {
      [this.timer, this.warner].forEach(clearTimeout);
      this.held = null;
      this.ending = false;
      this.message = "";
      this.others = [];
      document.title = this.title;
    },
    submit() {
      if (this.busy) return;
      this.errors = {};
      const typed = this.p.holds && this.who === NEW;
      if (!this.chosen) this.errors.time = this.w.choose_first;
      if (this.p.holds && this.who === null) this.errors.person = this.w.no_person;
      if (typed && !this.name.trim()) this.errors.name = this.w.no_name;
      if (typed && !this.p.people.length && this.p.phone_needed && !this.phone.trim()) this.errors.phone = this.w.no_phone;
      const untouched = typed ? !this.name && !this.phone : this.p.holds && this.who === null;
      if (untouched && !this.errors.time && !this.shown) return this.begin(); // not seen yet: no mistake
      if (Object.keys(this.errors).length) return this.point();
      if (window.MediQueue.lostAt()) return this.fail({ message: this.w.offline });
      if (this.p.holds && !this.held) return void (this.early = true); // as soon as the time is kept
      this.send(false);
    },
    begin() {
      this.shown = true;
      this.errors = {};
      const first = this.$refs.name || document.querySelector("[name=person]");
      first.focus({ preventScroll: true });
      first.closest(".field, .docs").scrollIntoView({ block: "center" });
    },
    send(both) {
      this.both = "";
      this.busy = true;
      clearTimeout(this.waiter);
      this.waiter = setTimeout(() => this.fail({ message: this.w.slow }), PATIENCE);
      const person = this.p.people[this.who];
      this.$emit("book", { slot: this.chosen, person: person?.id ?? null, name: person?.name ?? this.name, phone: person ? "" : this.phone, reason: this.reason, both });
    },
    answered(said) {
      if (said.held) return this.keep(said.held);
      if (said.both) { this.rested(); return void (this.both = said.both); }
      if (said.booked) return void session.remove("held");
      this.fail(said);
    },
    keep(held) {
      if (held.slot !== this.chosen) return; // another one was chosen meanwhile
      this.forget();
      this.choosing = false;
      this.held = held;
      session.set("held", held.link);
      const left = Date.parse(held.until) - window.MediQueue.now();
      this.warner = setTimeout(() => { this.ending = true; }, Math.max(0, left - WARN));
      this.timer = setTimeout(() => this.$emit("ended"), Math.max(0, left));
      if (this.early) { this.early = false; this.send(false); }
    },
    rested() {
      clearTimeout(this.waiter);
      this.busy = this.early = this.choosing = false;
    },
    fail({ errors = {}, message = "", others = [], gone = false }) {
      this.rested();
      if (gone) {
        this.forget();
        session.remove("held");
        this.chosen = null;
        this.pickedBefore = "";
      }
      this.errors = errors;
      this.message = message;
      this.others = others;
      this.point();
    },
    // The first thing that is wrong gets the focus.
    async point() {
      document.title = this.w.error + this.title;
      await this.$nextTick();
      const first = this.message ? this.$refs.message
        : this.errors.time ? document.querySelector("[name=slot]:enabled") || document.querySelector("[name=day]:enabled")
        : this.errors.person ? document.querySelector("[name=person]") : this.errors.name ? this.$refs.name
        : this.errors.phone ? this.$refs.phone : this.$refs.reason;
      first?.focus();
      (this.errors.person ? document.getElementById("person-e") : first)?.scrollIntoView({ block: this.errors.person ? "center" : "nearest" });
    },
  },
};

// Whether this browser's clock shows another time than the clinic's.
function differs(zone) {
  const clock = (timeZone) => new Intl.DateTimeFormat("en-GB", { dateStyle: "short", timeStyle: "short", timeZone }).format(new Date());
  return clock(zone) !== clock(undefined);
}
