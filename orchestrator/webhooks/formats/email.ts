// A mail: subject, plain text and a simple page. It is handed to the mail server elsewhere.

import { type Story, storyOf } from '../message/story.ts'
import { buttonsOf, cut, type Format, linkOf } from './format.ts'

/** A mail as it is kept with its attempt. */
export interface Mail {
  subject: string
  text: string
  html: string
  /** Mails about the same thing belong together. */
  thread: string
}

const colors: Record<Story['mood'], string> = {
  bad: '#b42318',
  warn: '#b54708',
  good: '#067647',
  plain: '#175cd3',
}

/** Mail. */
export const email: Format = {
  contentType: 'message/rfc822',
  carries: () => true,
  render: ({ messageId, market, body, publicUrl }): Mail => {
    const story = storyOf(body)
    const link = linkOf(publicUrl, story.path)
    const foot = `${body.type} · ${market} · ${messageId}`
    const facts = story.facts.map(([name, value]) => `${name}: ${value}`)
    const answers = (story.answers ?? []).flatMap(([name, url]) => ['', `${name}: ${url}`])
    const links = [...answers, ...(link === null ? [] : ['', link])]
    const lines = [story.title, '', story.text, '', ...facts, ...links, '', foot]
    // A subject is one line.
    const subject = cut(`[Detour] ${story.title}`.replace(/\s+/g, ' '), 200)
    return {
      subject,
      text: lines.join('\n'),
      html: page(story, buttonsOf(story, link), foot),
      thread: story.subject,
    }
  },
}

function page(
  { title, mood, text, facts }: Story,
  buttons: ReturnType<typeof buttonsOf>,
  foot: string,
): string {
  const cell = 'padding:2px 16px 2px 0;vertical-align:top'
  const rows = facts
    .map(
      ([name, value]) =>
        `<tr><td style="${cell};color:#667085">${escaped(name)}</td><td style="${cell}">${escaped(value)}</td></tr>`,
    )
    .join('')
  const links = buttons
    .map(([name, url]) => `<p><a href="${escaped(url)}" style="color:#175cd3">${escaped(name)}</a></p>`)
    .join('')
  return (
    '<!doctype html><html lang="en"><body style="font:14px/20px sans-serif;color:#101828">' +
    `<h1 style="font-size:18px;line-height:24px;color:${colors[mood]}">${escaped(title)}</h1>` +
    `<p>${escaped(text)}</p><table style="border-collapse:collapse">${rows}</table>${links}` +
    `<p style="color:#667085;font-size:12px">${escaped(foot)}</p></body></html>`
  )
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
