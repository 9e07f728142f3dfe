// Finding a doctor: by name, by kind, by the first free time.
import { PhoneFrame, initials } from "phone";

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export default {
  components: { PhoneFrame },
  props: { words: String, page: String },
  data() { return { w: JSON.parse(this.words), p: JSON.parse(this.page), search: "", kind: "" }; },
  template: `
    <PhoneFrame :words="w" :clinic="p.clinic">
      <main>
        <h1>{{ w.title }}</h1>
        <template v-if="p.doctors.length">
          <form class="two" v-if="p.doctors.length > 1" role="search" @submit.prevent>
            <div class="field"><label for="search">{{ w.search }}</label><input class="input" id="search" type="search" v-model="search" autocomplete="off" maxlength="80" enterkeyhint="search" dir="auto"></div>
            <div class="field" v-if="p.kinds.length > 1"><label for="kind">{{ w.kind }}</label><select class="input" id="kind" v-model="kind"><option value="">{{ w.all }}</option><option v-for="each in p.kinds" :key="each" :value="each">{{ each }}</option></select></div></form>
          <div class="docs" v-if="found.length"><template v-for="doctor in found" :key="doctor.id">
            <a class="doc" v-if="doctor.first" :href="'/book?doctor=' + doctor.id"><span class="avatar" aria-hidden="true">{{ initials(doctor.name) }}</span><span class="grow"><b>{{ doctor.name }}</b><span class="sub">{{ doctor.kind }}</span><span class="sub">{{ w.first_free }} {{ doctor.first }}</span></span><i class="ic ic-right" aria-hidden="true"></i></a>
            <div class="doc off" v-else><span class="avatar" aria-hidden="true">{{ initials(doctor.name) }}</span><span class="grow"><b>{{ doctor.name }}</b><span class="sub">{{ doctor.kind }}</span><span class="sub">{{ w.none_free }}</span></span></div></template></div>
          <p role="status">{{ found.length ? "" : w.none_found }}</p>
          <button class="btn" type="button" v-if="!found.length" @click="search = kind = ''">{{ w.show_all }}</button></template>
        <div class="card empty" v-else><i class="ic ic-users" aria-hidden="true"></i><b>{{ w.nobody }}</b><p>{{ w.nobody_text }}</p></div>
      </main>
      <footer class="plain"><div class="foot-link"><a href="/join-queue">{{ w.today }}</a></div></footer>
    </PhoneFrame>`,
  computed: {
    found() {
      const wanted = plain(this.search.trim());
      return this.p.doctors.filter(({ name, kind }) => (!this.kind || kind === this.kind) && plain(`${name} ${kind}`).includes(wanted));
    },
  },
  mounted() { this.stop = window.MediQueue.board([], () => {}); },
  unmounted() { this.stop?.(); },
  methods: { initials },
};
