// What a ticket says in each state that is not waiting, and the bar about the sound.
import { fill, time } from "phone";
import { place } from "takeover";

const join = (text) => ({ text, href: "/join-queue" });

const STATES = {
  skipped: ({ w, mine }) => ({
    icon: "skip", title: w.skipped, lines: [mine.may_return ? w.skipped_text : w.skipped_desk],
    chip: mine.skipped_at && fill(w.skipped_at, { time: time(mine.skipped_at) }),
    buttons: [...(mine.may_return ? [{ text: w.here, act: "here" }] : []), { text: w.leave, act: "leave" }],
  }),
  on_hold: ({ w, mine }) => ({
    icon: "pause", title: w.on_hold, lines: [...(mine.hold_reason ? [fill(w.hold_go, { place: mine.hold_reason.length < 24 ? mine.hold_reason.replaceAll(" ", "\u00a0") : mine.hold_reason })] : []), w.hold_text],
    chip: mine.held_at && fill(w.hold_since, { time: time(mine.held_at) }),
    buttons: mine.answer === "back" ? [] : [{ text: w.back, act: "back" }],
  }),
  in_progress: ({ w, shown }) => ({
    icon: "door", title: w.in_progress, lines: [place(w, shown.room)], chip: w.in_progress_chip, saw: w.you_see, buttons: [],
  }),
  done: ({ w, mine }) => ({
    icon: "check", title: w.done, lines: [w.done_text], chip: fill(w.done_at, { time: time(mine.ended_at) }), saw: w.you_saw,
    buttons: [join(w.start)],
  }),
  cancelled: (page) => ({
    icon: "xcircle", title: left(page) ? page.w.left : page.w.cancelled, lines: [cancelled(page)], chip: page.w.cancelled_chip,
    buttons: [...(page.mayRestore ? [{ text: page.w.place_back, act: "restore" }] : []), join(page.w.again)],
  }),
  no_show: ({ w }) => ({
    icon: "userx", title: w.no_show, lines: [w.no_show_text], chip: w.no_show_chip, buttons: [join(w.again)],
  }),
};

const left = ({ mine }) => mine.end_reason === "by_patient";

function cancelled({ w, mine, mayRestore }) {
  if (left({ mine })) return mayRestore ? w.left_text : w.left_late;
  const reason = w[`reason_${mine.end_reason}`] ?? mine.end_reason;
  return fill(reason ? w.cancelled_reason : w.cancelled_clinic, { time: time(mine.ended_at), reason });
}

export const messages = (page) => STATES[page.status]?.(page) || { lines: [], buttons: [] };

export const SoundBar = {
  props: { words: Object },
  data: () => ({ on: window.MediQueue.soundOn(), can: "AudioContext" in window }),
  template: `
    <div class="note sound" :class="{ off: !on }"><i class="ic" :class="on ? 'ic-sound' : 'ic-mute'" aria-hidden="true"></i>
      <span class="grow"><b>{{ on ? words.sound_on : words.sound_off }}</b><br>{{ on ? words.sound_on_text : can ? words.sound_off_text : words.no_sound }}</span>
      <button class="btn quiet" type="button" v-if="on" @click="test">{{ words.test }}</button>
      <button class="btn primary" type="button" v-else-if="can" @click="turnOn">{{ words.turn_on }}</button></div>`,
  mounted() {
    this.heard = ({ detail }) => { this.on = detail.on; };
    addEventListener("mediqueue:sound", this.heard);
  },
  unmounted() { removeEventListener("mediqueue:sound", this.heard); },
  methods: {
    test() { window.MediQueue.chime(); },
    async turnOn() { if (await window.MediQueue.unlock()) window.MediQueue.chime(); },
  },
};
