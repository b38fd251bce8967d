// What a format of webhooks is. Shapes only.

import type { api } from '#data/contracts'
import type { MessageBody } from '../message/body.ts'
import type { Story } from '../message/story.ts'

/** A message and where it comes from. */
export interface Rendered {
  messageId: string
  market: string
  body: MessageBody
  /** Address at which people open the dashboard, without a slash at its end; null = no links. */
  publicUrl: string | null
}

/** A shape that bodies can have. */
export interface Format {
  contentType: string
  /** Whether a message of the type has a meaning in it. */
  carries(type: api.WebhookEventType): boolean
  /** The body, without keys: it is kept with the attempt. */
  render(message: Rendered): unknown
  /** The body with the key of the service, as it is sent. Absent = as it is kept. */
  seal?(body: unknown, credential: string | null): unknown
}

/** `path` of the dashboard as an address; null where none is known. */
export function linkOf(publicUrl: string | null, path: string | null): string | null {
  return publicUrl === null || path === null ? null : `${publicUrl}${path}`
}

/** What a reader can press: answers to what is asked, and the page about it. */
export function buttonsOf({ answers = [] }: Story, link: string | null): (readonly [string, string])[] {
  return link === null ? answers : [...answers, ['Open in Detour', link]]
}

/** The text, cut with an ellipsis where it is longer than `most` characters. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`
}
