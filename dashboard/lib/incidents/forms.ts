// What dialogs ask before something is done to an incident. They ask the server through the client of the dashboard.

import type { api } from '#data/contracts'
import type { ActionForm } from '../actions/form.ts'
import { server } from '../api.ts'
import { partsOf } from '../causes.ts'

/** Until when an incident can be snoozed: hours, or null for until it changes. */
export const snoozes: readonly { title: string; hours: number | null }[] = [
  { title: 'For 1 hour', hours: 1 },
  { title: 'For 8 hours', hours: 8 },
  { title: 'For 24 hours', hours: 24 },
  { title: 'Until it changes', hours: null },
]

type About = Pick<
  api.IncidentDetail,
  'incidentId' | 'title' | 'severity' | 'owner' | 'causes' | 'dimensionValue'
>

/** Ends it by hand. */
export function resolveForm({ incidentId, title }: About): ActionForm {
  return {
    title: 'Resolve this incident',
    text: `“${title}” is over, whatever its values say. For an hour it opens again only when it gets clearly worse.`,
    confirm: 'Resolve',
    done: 'Resolved',
    fields: [
      {
        kind: 'text',
        name: 'reason',
        label: 'Why it is over',
        isRequired: true,
        placeholder: 'Dock door repaired',
      },
    ],
    act: ({ text }) => server.incidentAction(incidentId, 'resolve', { reason: text.reason?.trim() ?? '' }),
  }
}

/** Opens it again. */
export function reopenForm({ incidentId }: About): ActionForm {
  return {
    title: 'Reopen this incident',
    text: 'It counts as going on again, and those who were told of its end are told of that.',
    confirm: 'Reopen',
    done: 'Reopened',
    fields: [{ kind: 'text', name: 'reason', label: 'Why it is not over', isRequired: true }],
    act: ({ text }) => server.incidentAction(incidentId, 'reopen', { reason: text.reason?.trim() ?? '' }),
  }
}

/** Says who looks after it. */
export function ownerForm({ incidentId, owner }: About): ActionForm {
  return {
    title: 'Who looks after it',
    text: 'A name that your colleagues know. Leave it empty for nobody.',
    confirm: 'Save',
    done: 'Saved',
    fields: [{ kind: 'text', name: 'owner', label: 'Name', value: owner ?? '' }],
    act: ({ text }) => {
      const name = text.owner?.trim() ?? ''
      return server.incidentAction(incidentId, 'owner', { owner: name === '' ? null : name })
    },
  }
}

/** Sets its severity by hand. */
export function severityForm({ incidentId, severity }: About): ActionForm {
  const levels = ['0.9', '0.5', '0.2'] as const
  const at = severity >= 0.7 ? 0 : severity >= 0.4 ? 1 : 2
  return {
    title: 'Set the severity by hand',
    text: 'What you choose counts until you let detection decide again.',
    confirm: 'Set',
    done: 'The severity was set',
    fields: [
      {
        kind: 'choice',
        name: 'severity',
        label: 'Severity',
        value: levels[at],
        options: [
          { value: '0.9', title: 'High' },
          { value: '0.5', title: 'Medium' },
          { value: '0.2', title: 'Low' },
          { value: '', title: 'As detection sees it' },
        ],
      },
    ],
    act: ({ text }) => {
      const chosen = text.severity ?? ''
      return server.incidentAction(incidentId, 'severity', {
        severity: chosen === '' ? null : Number(chosen),
      })
    },
  }
}

/** Tells it with another one. @param others incidents that are not over */
export function mergeForm(
  { incidentId, title }: About,
  others: readonly Pick<api.Incident, 'incidentId' | 'title'>[],
): ActionForm {
  const options = others
    .filter((other) => other.incidentId !== incidentId)
    .map((other) => ({ value: other.incidentId, title: other.title }))
  return {
    title: 'Merge into another incident',
    text: `“${title}” is told and shown as a part of the other one from now on. It can be taken out again.`,
    confirm: 'Merge',
    done: 'Merged',
    fields: [{ kind: 'choice', name: 'into', label: 'Into', value: options[0]?.value ?? '', options }],
    act: ({ text }) => server.incidentAction(incidentId, 'merge', { into: text.into ?? '' }),
  }
}

/** Causes that can be an incident of their own: those that are not all of the incident. */
export function splittable({ dimensionValue, causes }: About): About['causes'] {
  const own = dimensionValue.split(' x ')
  return causes.filter((cause) => partsOf(cause).some(({ value }) => !own.includes(value)))
}

/** Makes a cause an incident of its own. */
export function splitForm(about: About, nameOf: (cause: About['causes'][number]) => string): ActionForm {
  const { incidentId } = about
  const causes = splittable(about)
  const options = causes.map((cause, i) => ({ value: String(i), title: nameOf(cause) }))
  return {
    title: 'Split a cause off',
    text: 'The cause becomes an incident of its own, with an owner and messages of its own. It ends with this one.',
    confirm: 'Split off',
    done: 'The cause is an incident of its own now',
    fields: [{ kind: 'choice', name: 'cause', label: 'Cause', value: '0', options }],
    act: ({ text }) => {
      const { dimension, value } = causes[Number(text.cause ?? 0)] ?? { dimension: '', value: '' }
      return server.incidentAction(incidentId, 'split', { cause: { dimension, value } })
    },
  }
}
