// What a provider is to be asked about moved work. Shapes only.

/** Something that a provider is to be asked about work. */
export interface WorkAsk {
  /** Idempotency key: the same whenever it is asked, and that of the same action in messages of webhooks. */
  key: string
  what: 'cancel' | 'send'
  fulfillmentOrderId: string
  nodeId: string
  /** Of work to be sent: the work that it takes the place of. */
  replaces: string | null
}

/** What is to be asked, or was refused and has not been settled. */
export interface OpenAsk extends WorkAsk {
  /** Counts asks of the market: those of one order are made in this order. */
  number: number
  orderId: string
  decisionId: string
  /** Why it was refused for good; null = it was not. */
  refused: string | null
  /** Of what was refused: whether it may be done all the same, since no clear answer came. */
  isUnknown?: boolean
}
