// What is measured while serving, and its text for Prometheus. It measures; it stores and decides nothing.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { App } from './parts.ts'

/** Upper ends of the classes of request durations, s. */
const edges = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

/** Time between two looks at the event loop, ms; part of each delay that Node reports. */
const resolutionMs = 10

interface Timing {
  labels: string
  /** By class, each without those before; the last is beyond every edge. */
  counts: number[]
  seconds: number
}

/** A figure that is asked for when it is scraped. */
export interface Figure {
  name: string
  help: string
  type: 'counter' | 'gauge'
  samples: readonly { labels?: Record<string, string>; value: number | null }[]
}

/** Requests and the event loop, measured since the start. */
export interface Telemetry {
  /** The text of everything measured, and of the figures given. */
  text(figures: readonly Figure[]): string
  close(): void
}

/** Measures the requests of the app and the delay of the event loop. */
export function measure(app: App): Telemetry {
  const timings = new Map<string, Timing>()
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    const key = `${request.method} ${route} ${reply.statusCode}`
    let timing = timings.get(key)
    if (timing === undefined) {
      const { method } = request
      const labels = labelsOf({ method, route, status: String(reply.statusCode) })
      timing = { labels, counts: new Array<number>(edges.length + 1).fill(0), seconds: 0 }
      timings.set(key, timing)
    }
    const seconds = reply.elapsedTime / 1000
    let i = 0
    while (i < edges.length && seconds > (edges[i] as number)) i++
    timing.counts[i] = (timing.counts[i] as number) + 1
    timing.seconds += seconds
    done()
  })
  return {
    text: (figures) => {
      const text = [
        ...[...processFigures(), ...loopFigures(delay), ...figures].map(figureText),
        histogram(timings),
      ]
      delay.reset()
      return `${text.join('\n')}\n`
    },
    close: () => delay.disable(),
  }
}

function histogram(timings: Map<string, Timing>): string {
  const name = 'detour_http_request_duration_seconds'
  const lines = [`# HELP ${name} Requests by route and status.`, `# TYPE ${name} histogram`]
  for (const { labels, counts, seconds } of timings.values()) {
    let sum = 0
    counts.forEach((count, i) => {
      sum += count
      lines.push(`${name}_bucket{${labels},le="${edges[i] ?? '+Inf'}"} ${sum}`)
    })
    lines.push(`${name}_sum{${labels}} ${seconds}`, `${name}_count{${labels}} ${sum}`)
  }
  return lines.join('\n')
}

function processFigures(): Figure[] {
  const { user, system } = process.cpuUsage()
  const gauge = 'gauge' as const
  return [
    {
      name: 'process_cpu_seconds_total',
      help: 'Processor time.',
      type: 'counter',
      samples: [{ value: (user + system) / 1e6 }],
    },
    {
      name: 'process_resident_memory_bytes',
      help: 'Memory in use.',
      type: gauge,
      samples: [{ value: process.memoryUsage.rss() }],
    },
    {
      name: 'process_uptime_seconds',
      help: 'Time since the start.',
      type: gauge,
      samples: [{ value: process.uptime() }],
    },
  ]
}

/** Delay since the last scrape. */
function loopFigures(delay: ReturnType<typeof monitorEventLoopDelay>): Figure[] {
  const seconds = (nanoseconds: number) =>
    Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3) : 0
  const samples = [0.5, 0.9, 0.99].map((quantile) => ({
    labels: { quantile: String(quantile) },
    value: delay.count === 0 ? 0 : seconds(delay.percentile(quantile * 100)),
  }))
  samples.push({ labels: { quantile: '1' }, value: delay.count === 0 ? 0 : seconds(delay.max) })
  return [
    {
      name: 'detour_event_loop_delay_seconds',
      help: 'Delay of the event loop since the last scrape, by quantile.',
      type: 'gauge',
      samples,
    },
  ]
}

function figureText({ name, help, type, samples }: Figure): string {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
  for (const { labels, value } of samples) {
    if (value === null) continue
    lines.push(labels === undefined ? `${name} ${value}` : `${name}{${labelsOf(labels)}} ${value}`)
  }
  return lines.join('\n')
}

function labelsOf(labels: Record<string, string>): string {
  const escaped = (text: string) => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')
}
