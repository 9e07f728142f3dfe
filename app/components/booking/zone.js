// Says whose clock the times are of, where this browser's shows another time.
export default {
  props: { zone: String, text: String },
  data() {
    const clock = (timeZone) => new Intl.DateTimeFormat("en-GB", { dateStyle: "short", timeStyle: "short", timeZone }).format(new Date());
    return { differs: clock(this.zone) !== clock(undefined) };
  },
  template: `<p v-if="differs" class="note"><i class="ic ic-clock" aria-hidden="true"></i><span class="grow">{{ text }}</span></p>`,
};
