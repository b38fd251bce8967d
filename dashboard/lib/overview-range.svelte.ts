// The period the server chose for the overview where the address names none; written by the page, read by the picker.

import type { api } from '#data/contracts'

/** Name of the period on screen; empty before the first answer. */
export const overviewRange = $state<{ name: api.Overview['range']['name'] | '' }>({ name: '' })
