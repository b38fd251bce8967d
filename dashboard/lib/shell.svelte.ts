// What all pages share in one browser tab: state of the system, its time, the theme, and what was last said aloud.

import type { api } from '#data/contracts'
import { after, now } from './clock.ts'
import type { LiveState } from './live.ts'
import { type ErrorWords, wordsOf } from './problem.ts'

const toastMs = 6_000
const themeKey = 'detour.theme'

/** A short message in the corner. */
export interface Toast {
  id: number
  text: string
  error: ErrorWords | null
}

/** The shared state of the tab. */
class Shell {
  status = $state.raw<api.SystemStatus | null>(null)
  /** When the status was received, epoch ms of this machine. */
  statusAt = $state(0)
  live = $state<LiveState>('connecting')
  theme = $state<'light' | 'dark'>('light')
  toasts = $state<Toast[]>([])
  spoken = $state('')
  /** Whether the server shows nothing without a key, which this browser has not given yet. */
  isLocked = $state(false)
  /** This machine's time, moved on once a second. */
  tick = $state(0)
  #toastId = 0

  /** Zone in which times are shown. */
  get timeZone(): string {
    return this.status?.timeZone ?? 'UTC'
  }

  /** Time of the market, epoch ms; 0 before it is known. */
  get marketNow(): number {
    if (this.status === null) return 0
    const { clock } = this.status
    const passed = Math.max(0, this.tick - this.statusAt)
    const speed = clock.mode === 'wall' ? 1 : clock.mode === 'simulated' && !clock.isPaused ? clock.speed : 0
    return Date.parse(clock.now) + passed * speed
  }

  setStatus = (status: api.SystemStatus): void => {
    this.status = status
    this.statusAt = now()
    this.tick = this.statusAt
  }

  setClock = (clock: api.ClockState): void => {
    if (this.status !== null) this.setStatus({ ...this.status, clock })
  }

  /** Shows a message for a few seconds and says it to screen readers. */
  say = (text: string): void => this.#add({ id: ++this.#toastId, text, error: null })

  /** Shows an error for as long as a person needs to read it. */
  complain = (error: unknown): void => {
    const words = wordsOf(error)
    this.#add({ id: ++this.#toastId, text: words.what, error: words })
  }

  dismiss = (id: number): void => {
    this.toasts = this.toasts.filter((toast) => toast.id !== id)
  }

  /** Says something to screen readers only. */
  announce = (text: string): void => {
    this.spoken = text
  }

  setTheme = (theme: 'light' | 'dark', isChoice: boolean): void => {
    this.theme = theme
    document.documentElement.dataset.theme = theme
    if (!isChoice) return
    try {
      localStorage.setItem(themeKey, theme)
    } catch {
      // Storage can be forbidden; the choice then lasts as long as the page.
    }
  }

  #add(toast: Toast): void {
    this.toasts = [...this.toasts.slice(-2), toast]
    after(toast.error === null ? toastMs : 3 * toastMs, () => this.dismiss(toast.id))
  }
}

/** The shared state; changed in the browser only. */
export const shell = new Shell()

/** Follows the system's theme until a person has chosen one; gives back what ends it. */
export function followTheme(): () => void {
  shell.theme = document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light'
  const system = matchMedia('(prefers-color-scheme: dark)')
  const turn = () => {
    if (!hasChosen()) shell.setTheme(system.matches ? 'dark' : 'light', false)
  }
  system.addEventListener('change', turn)
  return () => system.removeEventListener('change', turn)
}

function hasChosen(): boolean {
  try {
    return localStorage.getItem(themeKey) !== null
  } catch {
    return false
  }
}
