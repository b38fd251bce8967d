// Detour's own body, and the same in a CloudEvents 1.0 envelope (structured mode).

import { storyOf } from '../message/story.ts'
import type { Format } from './format.ts'

/** Detour's own body. */
export const detour: Format = {
  contentType: 'application/json',
  carries: () => true,
  render: ({ body }) => body,
}

/**
 * A CloudEvent.
 * @source CloudEvents 1.0.2, JSON format and HTTP binding, structured content mode
 */
export const cloudevents: Format = {
  contentType: 'application/cloudevents+json; charset=utf-8',
  carries: () => true,
  render: ({ messageId, market, body, publicUrl }) => ({
    specversion: '1.0',
    id: messageId,
    source: `${publicUrl ?? '/detour'}/markets/${market}`,
    type: `detour.${body.type}`,
    subject: storyOf(body).subject,
    time: body.timestamp,
    datacontenttype: 'application/json',
    ...(publicUrl === null ? {} : { dataschema: schemaUrl(publicUrl, body.type) }),
    ...(body.isTest ? { istest: true } : {}),
    data: body.data,
  }),
}

function schemaUrl(publicUrl: string, type: string): string {
  return `${publicUrl}/api/v1/webhook-events/${type}/schema#/properties/data`
}
