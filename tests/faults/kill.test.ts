// Kills the serving process again and again while carts, stock changes and whole orders go on: nothing acknowledged is
// lost, nothing is applied twice, and the same key gets the same answer afterwards.

import { expect, onTestFinished, test } from 'vitest'
import { booksOf, problemsOf } from './books.ts'
import { isLong, ServedHome } from './home.ts'
import { Load } from './load.ts'

const kills = isLong ? 100 : 5
const clients = 24

test(`${kills} kills under load lose nothing, double nothing, and change no answer`, async () => {
  const home = new ServedHome()
  onTestFinished(() => home.close())
  await home.serve()
  await home.stock()
  const load = new Load(home, clients)
  for (let kill = 0; kill < kills; kill++) {
    await new Promise((done) => setTimeout(done, 200 + ((kill * 397) % 900)))
    await home.end('SIGKILL')
    await home.serve()
    expect(await load.askAgain(5)).toEqual([])
  }
  await expect.poll(() => load.delivered, { timeout: 120_000 }).toBeGreaterThan(0)
  await load.stop()
  expect(await load.finish()).toEqual([])
  expect(await load.askAgain(isLong ? 2_000 : 300)).toEqual([])
  expect(await home.end('SIGTERM')).toBe(0)
  const books = await booksOf(home.home)
  expect(problemsOf(books, load.told)).toEqual([])
  expect(load.told.size).toBeGreaterThan(kills * 10)
  const figures = { kills, acknowledged: load.told.size, delivered: load.delivered }
  console.log(JSON.stringify({ ...figures, events: books.events.length, lost: 0, doubled: 0 }))
}, 1_500_000)
