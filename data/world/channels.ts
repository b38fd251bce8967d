// The sales channels of Fabrikam and when people use them. It draws no orders.

/** A sales channel. */
export interface Channel {
  name: string
  /** Share of all orders. */
  share: number
  /** Orders by hour of the local day, relative, mean 1. */
  hours: readonly number[]
  /** Orders by weekday, 0 = Sunday, relative, mean 1. */
  week: readonly number[]
  /** Share of orders their customers cancel. */
  cancelShare: number
}

const mean1 = (values: number[]): number[] => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.map((value) => value / mean)
}

/** A day with two humps, by hour of their tops, their heights and the level of the night. */
const humps = (noon: number, evening: number, noonHeight: number, eveningHeight: number, night: number) =>
  mean1(
    Array.from({ length: 24 }, (_, hour) => {
      const hump = (top: number, width: number): number => {
        const apart = Math.min(Math.abs(hour - top), 24 - Math.abs(hour - top))
        return Math.exp(-((apart / width) ** 2))
      }
      return night + noonHeight * hump(noon, 3.5) + eveningHeight * hump(evening, 3)
    }),
  )

const shop = mean1(
  Array.from({ length: 24 }, (_, hour) =>
    hour < 9 || hour >= 21 ? 0.001 : hour >= 12 && hour < 19 ? 1.4 : 0.8,
  ),
)

/** The channels; an order knows its channel by the index here. */
export const channels: readonly Channel[] = [
  {
    name: 'web',
    share: 0.44,
    hours: humps(12, 20, 1, 0.9, 0.16),
    week: mean1([1.02, 1.14, 1.06, 1.02, 0.99, 0.92, 0.9]),
    cancelShare: 0.032,
  },
  {
    name: 'mobile',
    share: 0.3,
    hours: humps(13, 21, 0.6, 1.3, 0.18),
    week: mean1([1.12, 0.98, 0.96, 0.96, 0.98, 1, 1.05]),
    cancelShare: 0.038,
  },
  {
    name: 'marketplace',
    share: 0.18,
    hours: humps(14, 20, 0.8, 0.7, 0.3),
    week: mean1([1, 1.05, 1.03, 1.02, 1, 0.96, 0.96]),
    cancelShare: 0.022,
  },
  {
    name: 'store',
    share: 0.08,
    hours: shop,
    week: mean1([0.95, 0.85, 0.85, 0.9, 0.98, 1.15, 1.32]),
    cancelShare: 0.01,
  },
]
