// Messages for chats: Slack (Block Kit) and Teams (an adaptive card, as a workflow's webhook takes it).

import { type Story, storyOf } from '../message/story.ts'
import { buttonsOf, cut, type Format, linkOf } from './format.ts'

/** Most facts that are shown. */
const factsShown = 8

const marks: Record<Story['mood'], string> = { bad: '◆', warn: '▲', good: '●', plain: '■' }
const colors: Record<Story['mood'], string> = {
  bad: 'Attention',
  warn: 'Warning',
  good: 'Good',
  plain: 'Accent',
}

/**
 * Slack, for incoming webhooks.
 * @source Slack API reference, Block Kit: header 150, section text 3,000, field 2,000, button 75 characters
 */
export const slack: Format = {
  contentType: 'application/json',
  carries: () => true,
  render: ({ messageId, body, market, publicUrl }) => {
    const story = storyOf(body)
    const link = linkOf(publicUrl, story.path)
    const facts = story.facts.slice(0, factsShown).map(([name, value]) => ({
      type: 'mrkdwn',
      text: cut(`*${escaped(name)}*\n${escaped(value)}`, 2000),
    }))
    const elements = buttonsOf(story, link).map(([text, url]) => ({
      ...{ type: 'button', text: { type: 'plain_text', text } },
      url,
      ...(styles[text] === undefined ? {} : { style: styles[text] }),
    }))
    return {
      text: cut(escaped(`${marks[story.mood]} ${story.title}`), 3000),
      blocks: [
        {
          type: 'header',
          text: { type: 'plain_text', text: cut(`${marks[story.mood]} ${story.title}`, 150) },
        },
        ...(story.text === ''
          ? []
          : [{ type: 'section', text: { type: 'mrkdwn', text: cut(escaped(story.text), 3000) } }]),
        ...(facts.length === 0 ? [] : [{ type: 'section', fields: facts }]),
        ...(elements.length === 0 ? [] : [{ type: 'actions', elements }]),
        {
          type: 'context',
          elements: [{ type: 'mrkdwn', text: `${body.type} · ${escaped(market)} · ${messageId}` }],
        },
      ],
    }
  },
}

/** How Slack shows buttons that do something. */
const styles: Record<string, string> = { Approve: 'primary', Reject: 'danger' }

/** As Slack wants its three control characters. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/**
 * Teams, for the trigger "When a Teams webhook request is received".
 * @source Adaptive Cards 1.4 schema; at most 28 kB
 */
export const teams: Format = {
  contentType: 'application/json',
  carries: () => true,
  render: ({ messageId, body, market, publicUrl }) => {
    const story = storyOf(body)
    const link = linkOf(publicUrl, story.path)
    const facts = story.facts
      .slice(0, factsShown)
      .map(([title, value]) => ({ title: plain(title), value: plain(cut(value, 500)) }))
    const actions = buttonsOf(story, link).map(([title, url]) => ({ type: 'Action.OpenUrl', title, url }))
    const content = {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      msteams: { width: 'Full' },
      body: [
        {
          ...{ type: 'TextBlock', size: 'Medium', weight: 'Bolder', wrap: true },
          text: plain(cut(story.title, 500)),
          color: colors[story.mood],
        },
        ...(story.text === '' ? [] : [{ type: 'TextBlock', text: plain(cut(story.text, 3000)), wrap: true }]),
        ...(facts.length === 0 ? [] : [{ type: 'FactSet', facts }]),
        {
          ...{ type: 'TextBlock', size: 'Small', isSubtle: true, wrap: true },
          text: `${body.type} · ${market} · ${plain(messageId)}`,
        },
      ],
      ...(actions.length === 0 ? {} : { actions }),
    }
    const contentType = 'application/vnd.microsoft.card.adaptive'
    return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] }
  },
}

/** Cards read a part of Markdown: what would make links or emphasis is written so that it stays text. */
function plain(text: string): string {
  return text.replace(/[\\*_[\]`]/g, '\\$&')
}
