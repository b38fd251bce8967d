// The SQL editor: CodeMirror in a shadow root, so that its styles come as sheets and a strict policy holds. It runs
// nothing.

import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { PostgreSQL, type SQLNamespace, sql } from '@codemirror/lang-sql'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState, Prec } from '@codemirror/state'
import { EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import type { api } from '#data/contracts'

/** What the editor starts with and whom it tells. */
export interface EditorOptions {
  text: string
  label: string
  onChange(text: string): void
  onRun(): void
}

/** An editor on the page. */
export interface SqlEditor {
  setSchema(tables: readonly api.SqlTable[]): void
  setText(text: string): void
  insert(text: string): void
  focus(): void
  stop(): void
}

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--brand)', fontWeight: '550' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--bad)' },
  { tag: tags.comment, color: 'var(--faint)', fontStyle: 'italic' },
  { tag: tags.typeName, color: 'var(--soft)' },
])

const mono = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace'
const look = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', color: 'var(--ink)', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: '2px solid var(--brand)', outlineOffset: '-2px', borderRadius: '12px' },
  '.cm-scroller': { fontFamily: mono, lineHeight: '20px', overflow: 'auto' },
  '.cm-content': { padding: '10px 0', caretColor: 'var(--ink)' },
  '.cm-gutters': {
    backgroundColor: 'transparent',
    color: 'var(--faint)',
    border: 'none',
    paddingLeft: '6px',
  },
  '.cm-line': { padding: '0 14px 0 6px' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection': {
    backgroundColor: 'var(--band) !important',
  },
  '.cm-placeholder': { color: 'var(--faint)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--band) !important', color: 'inherit' },
  '.cm-tooltip': {
    backgroundColor: 'var(--panel)',
    border: '1px solid var(--edge)',
    borderRadius: '8px',
    boxShadow: 'var(--lift)',
    overflow: 'hidden',
  },
  '.cm-tooltip-autocomplete > ul': { fontFamily: mono, fontSize: '12px', maxHeight: '16em' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--band)',
    color: 'var(--ink)',
  },
  '.cm-completionDetail': { color: 'var(--faint)', fontStyle: 'normal', marginLeft: '12px' },
})

/** Puts an editor into an element. */
export function mountEditor(element: HTMLElement, options: EditorOptions): SqlEditor {
  const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
  root.replaceChildren()
  const language = new Compartment()
  const run = () => {
    options.onRun()
    return true
  }
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        history(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ icons: false }),
        syntaxHighlighting(colours),
        language.of(languageWith([])),
        placeholder('SELECT * FROM orders LIMIT 100'),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': options.label }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onChange(update.state.doc.toString())
        }),
        Prec.highest(keymap.of([{ key: 'Mod-Enter', run }])),
        keymap.of([
          { key: 'Tab', run: acceptCompletion },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          ...completionKeymap,
        ]),
        look,
      ],
    }),
  })
  return {
    setSchema: (tables) => view.dispatch({ effects: language.reconfigure(languageWith(tables)) }),
    setText: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    insert: (text) => {
      view.dispatch(view.state.replaceSelection(text))
      view.focus()
    },
    focus: () => view.focus(),
    stop: () => view.destroy(),
  }
}

/** DuckDB's SQL is closest to PostgreSQL's of the dialects there are. */
function languageWith(tables: readonly api.SqlTable[]) {
  const schema: SQLNamespace = Object.fromEntries(
    tables.map((table) => [
      table.name,
      {
        self: { label: table.name, type: 'type', detail: table.grain },
        children: table.columns.map(({ name, type }) => ({ label: name, type: 'property', detail: type })),
      },
    ]),
  )
  return sql({ dialect: PostgreSQL, schema, upperCaseKeywords: true })
}
