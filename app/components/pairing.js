// A code for the admin to type. Once that is done, the browser fetches its cookie and opens its page.
const AGAIN = 2_000;
const PATIENCE = 60_000; // until a device that was refused a code asks again

export default {
  props: { words: String, code: String, refusal: String, secret: String, revoked: Boolean, open: Boolean },
  template: `
    <main class="pairing">
      <h1 :class="{ bad: revoked }">{{ revoked ? w.revoked : w.title }}</h1>
      <b v-if="code && !secret" class="code" role="img" :aria-label="spelled"><span>{{ code.slice(0, 3) }}</span> <span>{{ code.slice(3) }}</span></b>
      <p role="status">{{ text }}</p>
      <form v-if="open" method="post" action="/pairing/skip"><button class="btn" type="submit">{{ w.open }}</button></form>
    </main>`,
  data() {
    return { w: JSON.parse(this.words), lost: false };
  },
  computed: {
    spelled() { return [...this.code].join(" "); },
    text() {
      if (this.lost) return this.w.lost;
      if (this.secret) return this.w.paired;
      return this.refusal || (this.code ? this.w.how : this.w.wait);
    },
  },
  watch: {
    secret(secret) { if (secret) this.claim(); },
    refusal(sentence) { if (sentence) setTimeout(() => location.reload(), PATIENCE); },
  },
  mounted() {
    this.connection = (event) => { this.lost = !!event.detail.lostAt; };
    this.wake = () => window.MediQueue.stayAwake();
    addEventListener("mediqueue:connection", this.connection);
    document.addEventListener("visibilitychange", this.wake);
    this.wake();
  },
  unmounted() {
    removeEventListener("mediqueue:connection", this.connection);
    document.removeEventListener("visibilitychange", this.wake);
  },
  methods: {
    async claim() {
      try {
        const answer = await fetch("/pairing", { method: "POST", headers: { "X-Pairing": this.secret } });
        if (!answer.ok) return void (answer.status === 404 ? location.reload() : setTimeout(this.claim, AGAIN));
        location.replace((await answer.json()).path); // "back" leads to no code that is over
      } catch {
        setTimeout(this.claim, AGAIN);
      }
    },
  },
};
