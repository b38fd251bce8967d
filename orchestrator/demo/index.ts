// Door of the demo: a made-up retailer for an empty home.

export { addDemoNetwork, demoProvider, isEmptyHome, loadDemo, startDemoClock } from './demo.ts'
