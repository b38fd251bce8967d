// What dialogs ask before something is done to a receiver. They ask the server through the client of the dashboard.

import type { ActionForm } from '../actions/form.ts'
import { server } from '../api.ts'
import { instantOf } from '../times.ts'

/**
 * Sends everything again that was recorded since a time.
 * @param timeZone zone in which the time is typed
 * @param queued is told how many messages are sent again
 */
export function replayForm(webhookId: string, timeZone: string, queued: (count: number) => void): ActionForm {
  return {
    title: 'Send again',
    text: 'Messages that it wants and that were recorded since then, delivered or not. Each keeps the id that it had.',
    confirm: 'Send again',
    done: '',
    fields: [{ kind: 'time', name: 'since', label: 'Since', isRequired: true }],
    act: async ({ text }) => {
      const since = instantOf(text.since ?? '', timeZone) ?? ''
      queued((await server.replay(webhookId, { since })).queued)
      return undefined
    },
  }
}
