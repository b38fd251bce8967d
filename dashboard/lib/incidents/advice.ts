// What a person can do about incidents for which no order is moved: what Detour depends on, not what it steers.

/** What there is to do, and where. */
export interface Advice {
  title: string
  text: string
  /** Page of what it is about, null = there is none. */
  href: string | null
}

/** The advice for an incident; null where orders may be moved for it. */
export function adviceOf(dimension: string, value: string): Advice | null {
  const path = encodeURIComponent(value)
  switch (dimension) {
    case 'receiver':
      return {
        title: 'It does not hear of anything',
        text: 'Mend what does not answer, then turn the receiver on again: that ends this incident.',
        href: `/webhooks/${path}`,
      }
    case 'handover':
      return {
        title: 'Ask the node about each order',
        text:
          'Its system refused to let them go after another node had begun. A comment names each of them. ' +
          'Resolve this when all are settled.',
        href: null,
      }
    case 'supply':
      return {
        title: 'Ask the supplier',
        text:
          'Nothing is moved for it: what is on the shelf can still be sent, and what runs out goes to other nodes ' +
          'by itself. It ends when goods come.',
        href: '/inventory',
      }
    default:
      return null
  }
}
