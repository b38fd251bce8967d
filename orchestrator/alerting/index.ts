// Door of alerting: silences, who is told of which incident and when, and why nobody is told.

export { type Alerting, type AlertingOptions, giveNotices, openAlerting } from './alerting.ts'
export { dueNotices, type NoticeDraft } from './due.ts'
export { hushOf, type Moment } from './groups.ts'
export { fits, labelsOf, severityWord } from './labels.ts'
export { receiversOf, routesFor, routingOf } from './routing.ts'
export { tellingOf } from './telling.ts'
export { nextCutOff, silenceFor, tendIncidents } from './tend.ts'
export { nextStart, stateOf, stretchAt } from './windows.ts'
