// The clinic's front page: who is here, and how long the lines are.
import { DoctorFacts, PhoneFrame, YourTickets } from "phone";

export default {
  components: { DoctorFacts, PhoneFrame, YourTickets },
  props: { words: String, page: String, reply: String },
  emits: ["mine"],
  data() {
    const { doctors, ...page } = JSON.parse(this.page);
    return { w: JSON.parse(this.words), p: page, doctors, found: null };
  },
  template: `
    <PhoneFrame class="home" :words="w" :clinic="p.clinic">
      <main>
        <YourTickets :words="w" :found="found" @mine="$emit('mine', $event)"/>
        <section class="hero"><h1>{{ w.title }}</h1><p>{{ w.lead }}</p><a class="btn primary block" href="/join-queue">{{ w.join }}</a><a class="btn block" v-if="p.books" href="/book">{{ w.book }}</a></section>
        <section class="stack"><h2>{{ w.doctors }}</h2>
          <p v-if="!doctors.length">{{ w.nobody }}</p>
          <div class="docs"><template v-for="doctor in doctors" :key="doctor.id">
            <a class="doc" v-if="doctor.accepting" :href="'/join-queue?doctor=' + doctor.id"><DoctorFacts :words="w" :doctor="doctor" :about="p.about[doctor.id]"/></a>
            <div class="doc off" v-else><DoctorFacts :words="w" :doctor="doctor" :about="p.about[doctor.id]"/></div></template></div></section>
      </main>
      <footer class="plain"><div class="foot-link"><a :href="p.way">{{ p.way_text }}</a><a v-if="p.register" href="/register">{{ w.register }}</a></div></footer>
    </PhoneFrame>`,
  watch: {
    reply(text) { this.found = JSON.parse(text).tickets; },
  },
  mounted() {
    this.stop = window.MediQueue.board([], ({ clinic }) => { this.doctors = clinic; }, { clinic: true });
  },
  unmounted() { this.stop?.(); },
};
