// Three taps: a doctor, a name, "Get my ticket".
import { DoctorFacts, PhoneFrame, YourTickets, fill, initials, session } from "phone";

const NEEDS = ["deaf", "blind", "wheelchair", "child"];
const NEW = -1; // nobody of the account: somebody with a name to type
const PATIENCE = 10_000; // milliseconds until we say that it took too long

export default {
  components: { DoctorFacts, PhoneFrame, YourTickets },
  props: { words: String, page: String, reply: String },
  emits: ["join", "mine"],
  data() {
    const { doctors, doctor, ...page } = JSON.parse(this.page);
    return {
      w: JSON.parse(this.words), p: page, doctors, doctor, needs: NEEDS, found: null,
      who: [NEW, 0][page.people.length] ?? null, name: "", phone: "", wants: [], helping: false, errors: {}, busy: false, title: document.title,
    };
  },
  template: `
    <PhoneFrame :words="w" :clinic="p.clinic">
      <main>
        <YourTickets :words="w" :found="found" @mine="$emit('mine', $event)"/>
        <h1 id="who">{{ w.title }}</h1>
        <div class="note warn" role="alert" v-if="errors.page" ref="page" tabindex="-1"><i class="ic ic-alert" aria-hidden="true"></i><span class="grow">{{ errors.page }} <a v-if="errors.ticket" :href="'/t/' + errors.ticket">{{ w.open_ticket }}</a></span></div>
        <p v-if="!open.length">{{ w.nobody }}</p>
        <div class="docs" role="radiogroup" aria-labelledby="who" :aria-describedby="errors.doctor && 'doctor-e'" :aria-invalid="!!errors.doctor || null">
          <div class="each" v-for="each in doctors" :key="each.id"><label class="doc"><input type="radio" name="doctor" :value="each.id" v-model="doctor" :disabled="!each.accepting" @change="errors.doctor = ''"><DoctorFacts :words="w" :doctor="each" :about="p.about[each.id]"/></label>
            <details v-if="p.about[each.id]?.biography"><summary>{{ more(each) }}</summary><p>{{ p.about[each.id].biography }}</p></details></div></div>
        <span class="err" id="doctor-e" role="alert"><template v-if="errors.doctor"><i class="ic ic-alert" aria-hidden="true"></i>{{ errors.doctor }}</template></span>
        <template v-if="p.people.length"><h2 id="whom">{{ w.for_whom }}</h2>
          <div class="docs" role="radiogroup" aria-labelledby="whom" :aria-describedby="errors.person && 'person-e'" :aria-invalid="!!errors.person || null">
            <label class="doc" v-for="(each, n) in p.people" :key="n"><input type="radio" name="person" :value="n" v-model="who" @change="errors.person = ''"><span class="avatar" aria-hidden="true">{{ initials(each.name) }}</span><span class="grow"><b><bdi>{{ each.name }}</bdi></b><span class="sub">{{ each.about }}</span></span></label>
            <label class="doc"><input type="radio" name="person" :value="-1" v-model="who" @change="errors.person = ''"><span class="avatar" aria-hidden="true"><i class="ic ic-plus"></i></span><b class="grow">{{ w.somebody_else }}</b></label></div>
          <span class="err" id="person-e" role="alert"><template v-if="errors.person"><i class="ic ic-alert" aria-hidden="true"></i>{{ errors.person }}</template></span></template>
        <form class="field large" id="join" novalidate @submit.prevent="submit">
          <template v-if="who === -1"><label for="name">{{ w.name }}</label>
          <input class="input" id="name" ref="name" name="name" v-model="name" autocomplete="name" enterkeyhint="go" autocapitalize="words" spellcheck="false" maxlength="200" dir="auto"
            aria-describedby="name-h name-e" :aria-invalid="!!errors.name || null" @input="errors.name = ''">
          <span class="hint" id="name-h">{{ w.privacy }}</span>
          <span class="err" id="name-e" role="alert"><template v-if="errors.name"><i class="ic ic-alert" aria-hidden="true"></i>{{ errors.name }}</template></span></template></form>
        <fieldset class="field" id="help" ref="help" tabindex="-1" v-show="helping"><legend>{{ w.help }}</legend><p class="hint">{{ w.help_lead }}</p>
          <label class="check" v-for="need in needs" :key="need"><input type="checkbox" :value="need" v-model="wants">{{ w[need] }}</label>
          <div class="field" v-if="who === -1"><label for="phone">{{ w.phone }}</label>
            <input class="input" id="phone" name="phone" ref="phone" type="tel" v-model="phone" autocomplete="tel" maxlength="40" form="join" dir="ltr"
              aria-describedby="phone-e" :aria-invalid="!!errors.phone || null" @input="errors.phone = ''">
            <span class="err" id="phone-e" role="alert"><template v-if="errors.phone"><i class="ic ic-alert" aria-hidden="true"></i>{{ errors.phone }}</template></span></div></fieldset>
      </main>
      <footer><button class="btn primary block" type="submit" form="join" :aria-busy="busy">{{ busy ? w.busy : w.submit }}</button>
        <div class="foot-link"><button class="link" type="button" :aria-expanded="helping" aria-controls="help" @click="help">{{ w.help }}</button><a v-if="p.books" href="/book">{{ w.book }}</a></div></footer>
    </PhoneFrame>`,
  computed: {
    chosen() { return this.p.people[this.who]; },
    open() { return this.doctors.filter((doctor) => doctor.accepting); },
  },
  watch: {
    reply(text) { if (text) this.answered(JSON.parse(text)); },
  },
  created() { this.takeOver(document.getElementById("splash")); },
  mounted() {
    this.stop = window.MediQueue.board([], ({ clinic }) => this.listed(clinic), { clinic: true });
    this.listed(this.doctors);
    if (this.focus) document.getElementById(this.focus)?.focus();
    if (this.early) this.submit();
  },
  unmounted() { this.stop?.(); clearTimeout(this.timer); },
  methods: {
    initials,
    // What was typed and tapped before this script ran.
    takeOver(splash) {
      if (!splash) return;
      this.name = splash.querySelector("[name=name]")?.value || "";
      this.doctor = Number(splash.querySelector("[name=doctor]:checked")?.value) || this.doctor;
      this.who = Number(splash.querySelector("[name=person]:checked")?.value ?? this.who ?? NaN);
      if (Number.isNaN(this.who)) this.who = null;
      this.focus = splash.contains(document.activeElement) && document.activeElement.name === "name" ? "name" : "";
      this.early = !!splash.querySelector("form")?.dataset.sent;
    },
    listed(doctors) {
      this.doctors = doctors;
      const chosen = this.open.find(({ id }) => id === this.doctor);
      if (this.doctor && !chosen) {
        this.doctor = null;
        if (this.touched) this.errors.doctor = this.w.gone;
      }
      if (!this.doctor && doctors.length === 1 && this.open.length) this.doctor = this.open[0].id;
      this.touched = true;
    },
    more({ name }) { return fill(this.w.more_about, { name }); },
    help() {
      this.helping = !this.helping;
      if (this.helping) this.$nextTick(() => { this.$refs.help.focus(); this.$refs.help.scrollIntoView({ block: "nearest" }); });
    },
    submit() {
      window.MediQueue.unlock(); // inside the tap: afterwards this document may ring
      if (this.busy) return;
      this.errors = {};
      if (!this.doctor) this.errors.doctor = this.w.no_doctor;
      if (this.who === null) this.errors.person = this.w.no_person;
      if (this.who === NEW && !this.name.trim()) this.errors.name = this.w.no_name;
      if (Object.keys(this.errors).length) return this.show();
      if (window.MediQueue.lostAt()) return this.fail({ page: this.w.offline_try });
      this.key = session.get("join") || this.p.key;
      session.set("join", this.key); // a reload before the answer asks with the same key
      this.busy = true;
      this.timer = setTimeout(() => this.fail({ page: this.w.slow }), PATIENCE);
      this.$emit("join", { doctor: this.doctor, name: this.chosen?.name ?? this.name, person: this.chosen?.id ?? null, phone: this.chosen ? "" : this.phone, needs: [...this.wants], key: this.key });
    },
    answered({ tickets, errors, key }) {
      if (tickets) return void (this.found = tickets);
      session.remove("join");
      this.p.key = key;
      this.fail(errors);
    },
    fail(errors) {
      clearTimeout(this.timer);
      this.busy = false;
      this.errors = errors;
      if (errors.phone) this.helping = true;
      this.show();
    },
    // The first thing that is wrong gets the focus.
    async show() {
      document.title = this.w.error + this.title;
      await this.$nextTick();
      const first = this.errors.page ? this.$refs.page
        : this.errors.doctor ? document.querySelector("[name=doctor]:enabled") || this.$refs.name
        : this.errors.person ? document.querySelector("[name=person]") : this.errors.name ? this.$refs.name : this.$refs.phone;
      first?.focus();
      first?.scrollIntoView({ block: "nearest" });
    },
  },
};
