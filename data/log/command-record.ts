// How a command is remembered: its first event carries the hash of the request, its status and its answer.
// It decides nothing.

import { hash } from 'node:crypto'
import type { Command, CommandResult, Decision, DomainEvent } from './definition.ts'
import type { NewEvent, StoredEvent } from './event-log.ts'

/** Types of the events that a writer adds by itself; folds and projections of the domain skip them. */
export const controlEvents = {
  /** A writer took over; data `{ writerId, epoch }`. */
  writerStarted: 'WriterStarted',
  /** A command was refused; data `{ commandType, reason }`. */
  commandRefused: 'CommandRefused',
  /** A command changed nothing; data `{ commandType }`. */
  commandNoop: 'CommandNoop',
} as const

const controlTypes = new Set<string>(Object.values(controlEvents))

/** Whether a writer added this type of event by itself. */
export function isControlEvent(type: string): boolean {
  return controlTypes.has(type)
}

/** A command as the log knows it. */
export interface KnownCommand<A> {
  hash: string
  result: CommandResult<A>
}

interface CommandMark {
  hash: string
  status: CommandResult<unknown>['status']
  answer: unknown
}

/**
 * What to append for a decision taken after event `afterSeq`: at least one event, of which the first carries
 * the mark in its field `_command`; and how the command will be known by it.
 */
export function recordCommand<E extends DomainEvent, A>(
  command: Command,
  hash: string,
  decision: Decision<E, A>,
  afterSeq: number,
): { events: NewEvent[]; known: KnownCommand<A> } {
  const reason = 'refused' in decision ? decision.refused : null
  const own = 'refused' in decision ? [] : decision.events
  const status = reason !== null ? 'refused' : own.length === 0 ? 'noop' : 'done'
  const mark: CommandMark = { hash, status, answer: decision.answer }
  const first = own[0] ?? controlEvent(command, reason)
  const eventId = `${command.commandId}/0`
  const events: NewEvent[] = [{ eventId, type: first.type, data: { ...first.data, _command: mark } }]
  for (let i = 1; i < own.length; i++) {
    const event = own[i] as E
    events.push({ eventId: `${command.commandId}/${i}`, type: event.type, data: event.data })
  }
  const seq = afterSeq + events.length
  return { events, known: { hash, result: { status, reason, answer: decision.answer, seq } } }
}

function controlEvent(command: Command, reason: string | null): DomainEvent {
  const commandType = command.type
  if (reason === null) return { type: controlEvents.commandNoop, data: { commandType } }
  return { type: controlEvents.commandRefused, data: { commandType, reason } }
}

/** What the first event of a command says about it, null for any other event. */
export function knownCommand<A>(event: StoredEvent): KnownCommand<A> | null {
  const data = event.data as { _command?: CommandMark; reason?: string } | null
  const mark = data?._command
  if (mark === undefined) return null
  const reason = mark.status === 'refused' ? (data?.reason ?? null) : null
  return {
    hash: mark.hash,
    result: { status: mark.status, reason, answer: mark.answer as A, seq: event.seq },
  }
}

/** The event as `decide` returned it, without the mark. */
export function domainEvent(event: StoredEvent): DomainEvent {
  const { _command, ...data } = event.data as Record<string, unknown>
  return { type: event.type, data: _command === undefined ? (event.data as object) : data }
}

/** `a/b/0` -> `a/b`. */
export function commandIdOf(eventId: string): string {
  return eventId.slice(0, eventId.lastIndexOf('/'))
}

/** SHA-256 of type and data, base64url; the order of object fields does not matter. */
export function requestHash(command: Command): string {
  return hash('sha256', `${command.type}\n${canonicalJson(command.data)}`, 'base64url')
}

/** JSON text with the fields of every object sorted by name; fields that are undefined are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sortedFields(value)) ?? 'null'
}

function sortedFields(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sortedFields)
  const fields = value as Record<string, unknown>
  if (typeof fields.toJSON === 'function') return sortedFields(fields.toJSON())
  const sorted: Record<string, unknown> = {}
  for (const name of sortNames(Object.keys(fields))) {
    if (name !== '__proto__') sorted[name] = sortedFields(fields[name])
    else Object.defineProperty(sorted, name, { value: sortedFields(fields[name]), enumerable: true })
  }
  return sorted
}

/** Sorts in place by insertion: a third of the time of `sort()` for the few fields of an object. */
function sortNames(names: string[]): string[] {
  if (names.length > 50) return names.sort()
  for (let i = 1; i < names.length; i++) {
    const name = names[i] as string
    let at = i
    for (; at > 0 && (names[at - 1] as string) > name; at--) names[at] = names[at - 1] as string
    names[at] = name
  }
  return names
}
