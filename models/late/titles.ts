// What the late-risk model looks at, in words that people know. Words only.

import { seenNames } from './past.ts'

const seenTitles: Record<(typeof seenNames)[number], string> = {
  processing_expected: 'hours expected at the node',
  processing_evidence: 'how much is known of the node',
  transit_expected: 'hours expected on the way',
  transit_evidence: 'how much is known of the way',
  node_recent_fast: 'the node in the last days',
  node_recent_slow: 'the node in the last weeks',
  processing_recent_all: 'all nodes in the last days',
  region_recent: 'the region of late',
  lane_recent: 'the lane of late',
  carrier_recent: 'the carrier of late',
  transit_recent_all: 'all ways of late',
  transit_recent_slow: 'all ways in the last weeks',
  node_open: 'open work at the node',
  node_wait: 'days of work at the node',
  node_age: 'age of the work at the node',
  node_rush: 'rush at the node',
  all_rush: 'rush at all nodes',
  carrier_moving_age: 'age of what the carrier has',
  region_moving_age: 'age of what goes to the region',
  all_moving_age: 'age of all that is on its way',
  late_expected: 'share late of such work',
  node_late_recent: 'share late at the node of late',
  lane_late_recent: 'share late on the lane of late',
  all_late_recent: 'share late in all of late',
}

const ownTitles = [
  'hours to the promise',
  'lines',
  'units',
  'value',
  'freight',
  'weight',
  'volume',
  'distance',
  'carrier',
  'method',
  'class',
  'hour of the day',
  'weekday',
]

/** Everything it looks at. */
export const lateFeatures: readonly string[] = [...ownTitles, ...seenNames.map((name) => seenTitles[name])]
